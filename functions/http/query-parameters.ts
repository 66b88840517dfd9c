import { isEventType, uuidOf } from '../porting/patterns.ts';
import { type Timestamp, timestamp } from '../porting/timestamp.ts';
import { invalid, type Problem } from './problem.ts';

const LARGEST_NUMBER = 1_000_000_000;
const LARGEST_SIZE = 250;
const DEFAULT_SIZE = 20;

/** Any status, in capitals or with blanks too: Telnyx adds statuses, and the ledger keeps unknown ones. */
const STATUS = /^[^,]{1,60}$/u;
const MOST_STATUSES = 20;

/** Reads the value of one parameter, or throws a {@link Problem} that says what is allowed. */
type ReadParameter<Value> = (name: string, value: string) => Value;

/** What a query may contain: for each value, the parameter's name and its reader. */
type Query<Values> = {
  readonly [Name in keyof Values]: readonly [parameter: string, read: ReadParameter<Values[Name]>];
};

interface QueryRequest {
  /** As API Gateway passes it on, still encoded. */
  readonly rawQueryString?: string;
}

/**
 * Reads a query. Unknown parameters are refused: otherwise a misspelt filter would return everything.
 *
 * @returns the values that were given, in the order of `query`
 * @throws a 422 that names the parameter, the given value and what is allowed
 */
export function readParameters<Values extends object>(request: QueryRequest, query: Query<Values>): Partial<Values> {
  return pick(query, valuesIn(request, query));
}

/** The values of a query, by parameter name. */
function valuesIn({ rawQueryString = '' }: QueryRequest, query: Query<object>): ReadonlyMap<string, unknown> {
  const readers = new Map<string, ReadParameter<unknown>>(Object.values(query));
  const values = new Map<string, unknown>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const read = readers.get(name);
    if (!read) throw unknownParameter(name, [...readers.keys()]);
    if (values.has(name)) {
      throw invalid('10015', 'Bad request', `"${name}" is given more than once. Give it once.`, { parameter: name });
    }
    values.set(name, read(name, value));
  }
  return values;
}

function pick<Values extends object>(query: Query<Values>, values: ReadonlyMap<string, unknown>): Partial<Values> {
  const entries = Object.entries<Query<Record<string, unknown>>[string]>(query);
  const given = entries.filter(([, [parameter]]) => values.has(parameter));
  return Object.fromEntries(given.map(([name, [parameter]]) => [name, values.get(parameter)])) as Partial<Values>;
}

function unknownParameter(name: string, known: readonly string[]): Problem {
  const parameter = name.slice(0, 60);
  const allowed = known.length > 0 ? `of this list. Allowed are ${known.join(', ')}.` : 'here. There are none.';
  const detail = `"${parameter}" is not a parameter ${allowed}`;
  return invalid('10031', 'Invalid filter', detail, { parameter });
}

export const eventType: ReadParameter<string> = (name, value) => {
  if (isEventType(value)) return value;
  throw wrong('10031', 'Invalid filter', name, value, 'an event type such as porting_order.status_changed');
};

/** A UUID, in lower case as Telnyx writes it. */
export const orderId: ReadParameter<string> = (name, value) => {
  const id = uuidOf(value);
  if (id !== undefined) return id;
  throw wrong('10031', 'Invalid filter', name, value, 'the UUID of a porting order');
};

/** Comma-separated statuses, each once, sorted. */
export const statusList: ReadParameter<readonly string[]> = (name, value) => {
  const statuses = [...new Set(value.split(','))].sort();
  if (statuses.length <= MOST_STATUSES && statuses.every((status) => STATUS.test(status))) return statuses;
  const allowed = `1 to ${MOST_STATUSES} comma-separated statuses, such as exception,submitted`;
  throw wrong('10031', 'Invalid filter', name, value, allowed);
};

export const flag: ReadParameter<boolean> = (name, value) => oneOf('true', 'false')(name, value) === 'true';

export const anyText: ReadParameter<string> = (name, value) => {
  if (value !== '') return value;
  throw wrong('10031', 'Invalid filter', name, value, 'a text of at least one character');
};

/** A text to search for: blanks alone would find everything. */
export const searchText: ReadParameter<string> = (name, value) => {
  if (/[^\p{Cc}\s]/u.test(value)) return value;
  throw wrong('10031', 'Invalid filter', name, value, 'an order id, a support key or a customer reference');
};

/** Reads one of the given words. */
export function oneOf<Word extends string>(...words: readonly Word[]): ReadParameter<Word> {
  return (name, value) => {
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    throw wrong('10031', 'Invalid filter', name, value, words.join(' or '));
  };
}

export const dateTime: ReadParameter<Timestamp> = (name, value) => {
  // The + of +02:00 means a blank in a query string, and is often sent unencoded.
  const at = timestamp(value.replace(/ (\d{2}:?\d{2})$/, '+$1'));
  if (at === undefined) throw wrong('10031', 'Invalid filter', name, value, 'a date-time such as 2026-01-31T00:00:00Z');
  return at;
};

const pageNumber: ReadParameter<number> = (name, value) => integer(name, value, LARGEST_NUMBER);
const pageSize: ReadParameter<number> = (name, value) => integer(name, value, LARGEST_SIZE);

const CURSOR_PAGE = { size: ['page[size]', pageSize], after: ['page[after]', anyText] } as const;
const NUMBERED_PAGE = { number: ['page[number]', pageNumber], size: ['page[size]', pageSize] } as const;

/** Reads the query of a list with cursors: as {@link readParameters} does, plus the page. */
export function readCursorQuery<Values extends object>(request: QueryRequest, query: Query<Values>) {
  const values = valuesIn(request, { ...CURSOR_PAGE, ...query });
  const { size = DEFAULT_SIZE, after } = pick(CURSOR_PAGE, values);
  return { page: { size, after }, given: pick(query, values) };
}

/** Reads the query of a list with numbered pages: as {@link readParameters} does, plus the page. */
export function readNumberedQuery<Values extends object>(request: QueryRequest, query: Query<Values>) {
  const values = valuesIn(request, { ...NUMBERED_PAGE, ...query });
  const { number = 1, size = DEFAULT_SIZE } = pick(NUMBERED_PAGE, values);
  return { page: { number, size }, given: pick(query, values) };
}

function integer(name: string, value: string, largest: number): number {
  const allowed = `a whole number from 1 to ${largest}`;
  if (!/^\d{1,15}$/.test(value)) throw wrong('10026', 'Wrong parameter type', name, value, allowed);
  const number = Number(value);
  if (number < 1 || number > largest) throw wrong('10033', 'Value out of range', name, value, allowed);
  return number;
}

function wrong(code: string, title: string, name: string, value: string, allowed: string): Problem {
  return invalid(code, title, `"${name}" is "${value.slice(0, 60)}". It must be ${allowed}.`, { parameter: name });
}
