import { type Timestamp, timestamp } from '../porting/timestamp.ts';
import { invalid, type Problem } from './problem.ts';

const LARGEST_NUMBER = 1_000_000_000;
const LARGEST_SIZE = 250;

/** Any type of the family: Telnyx adds types, and the ledger keeps those that nobody here has heard of. */
const EVENT_TYPE = /^porting_order\.[a-z0-9_.]{1,100}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Any status, for the same reason: also one with capitals or blanks. */
const STATUS = /^[^,]{1,60}$/u;
const MOST_STATUSES = 20;

/** Reads the value of one parameter, or throws a {@link Problem} that says what is allowed. */
export type ReadParameter<Value> = (name: string, value: string) => Value;

/**
 * Reads a query. Unknown parameters are refused: a filter that is misspelt would else let everything through.
 *
 * @param rawQueryString as API Gateway passes it on, still encoded
 * @param readers by the parameters' names
 * @returns the values of the parameters that were given
 * @throws a 422 that names the parameter, what was given and what is allowed
 */
export function readParameters<Values extends object>(
  rawQueryString: string,
  readers: { readonly [Name in keyof Values]: ReadParameter<Values[Name]> },
): Partial<Values> {
  const read: Partial<Values> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    if (!isKnown(readers, name)) throw unknownParameter(name, Object.keys(readers));
    if (Object.hasOwn(read, name)) {
      throw invalid('10015', 'Bad request', `"${name}" is given more than once. Give it once.`, { parameter: name });
    }
    read[name] = readers[name](name, value);
  }
  return read;
}

function isKnown<Readers extends object>(readers: Readers, name: PropertyKey): name is keyof Readers & string {
  return Object.hasOwn(readers, name);
}

function unknownParameter(name: string, known: readonly string[]): Problem {
  const parameter = name.slice(0, 60);
  const allowed = known.length > 0 ? `of this list. Allowed are ${known.join(', ')}.` : 'here. There are none.';
  const detail = `"${parameter}" is not a parameter ${allowed}`;
  return invalid('10031', 'Invalid filter', detail, { parameter });
}

export const pageNumber: ReadParameter<number> = (name, value) => integer(name, value, LARGEST_NUMBER);
export const pageSize: ReadParameter<number> = (name, value) => integer(name, value, LARGEST_SIZE);

export const eventType: ReadParameter<string> = (name, value) => {
  if (EVENT_TYPE.test(value)) return value;
  throw wrong('10031', 'Invalid filter', name, value, 'an event type such as porting_order.status_changed');
};

/** A UUID in the small letters that Telnyx writes. */
export const orderId: ReadParameter<string> = (name, value) => {
  if (UUID.test(value)) return value.toLowerCase();
  throw wrong('10031', 'Invalid filter', name, value, 'the UUID of a porting order');
};

/** Statuses with commas between, each once, sorted. */
export const statusList: ReadParameter<readonly string[]> = (name, value) => {
  const statuses = [...new Set(value.split(','))].sort();
  if (statuses.length <= MOST_STATUSES && statuses.every((status) => STATUS.test(status))) return statuses;
  const allowed = `1 to ${MOST_STATUSES} statuses with commas between, such as exception,submitted`;
  throw wrong('10031', 'Invalid filter', name, value, allowed);
};

export const flag: ReadParameter<boolean> = (name, value) => {
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrong('10031', 'Invalid filter', name, value, 'true or false');
};

export const anyText: ReadParameter<string> = (name, value) => {
  if (value !== '') return value;
  throw wrong('10031', 'Invalid filter', name, value, 'a text of at least one character');
};

/** Reads one of some words. */
export function oneOf<Word extends string>(...words: readonly Word[]): ReadParameter<Word> {
  return (name, value) => {
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    throw wrong('10031', 'Invalid filter', name, value, words.join(' or '));
  };
}

export const dateTime: ReadParameter<Timestamp> = (name, value) => {
  // The + of +02:00 means a blank in a query string, and is often sent as it is.
  const at = timestamp(value.replace(/ (\d{2}:?\d{2})$/, '+$1'));
  if (at === undefined) throw wrong('10031', 'Invalid filter', name, value, 'a date-time such as 2026-01-31T00:00:00Z');
  return at;
};

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
