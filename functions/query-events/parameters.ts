import { invalid } from '../http/problem.ts';
import type { ListFilter } from '../ledger/list.ts';
import { timestamp } from '../porting/timestamp.ts';

const DEFAULT_SIZE = 20;
const LARGEST_SIZE = 250;
const LARGEST_NUMBER = 1_000_000_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Any type of the family: Telnyx adds types, and the ledger keeps those that nobody here has heard of. */
const EVENT_TYPE = /^porting_order\.[a-z0-9_.]{1,100}$/;

/** What a list request asks for. */
export interface ListRequest {
  readonly filter: ListFilter;
  readonly page: { readonly number: number; readonly size: number };
}

type Read = (name: string, value: string) => Partial<ListFilter> | { number: number } | { size: number };

const PARAMETERS: Readonly<Record<string, Read>> = {
  'page[number]': (name, value) => ({ number: integer(name, value, LARGEST_NUMBER) }),
  'page[size]': (name, value) => ({ size: integer(name, value, LARGEST_SIZE) }),
  'filter[type]': (name, value) => ({
    type: matching(name, value, EVENT_TYPE, 'an event type such as porting_order.status_changed'),
  }),
  'filter[porting_order_id]': (name, value) => ({
    portingOrderId: matching(name, value, UUID, 'the UUID of a porting order').toLowerCase(),
  }),
  'filter[created_at][gte]': (name, value) => ({ createdFrom: dateTime(name, value) }),
  'filter[created_at][lte]': (name, value) => ({ createdTo: dateTime(name, value) }),
};

/**
 * Reads the parameters of the list, those of Telnyx's Events API (contract section 1). Unknown ones are refused: a filter that is
 * misspelt would else let everything through.
 *
 * @param rawQueryString as API Gateway passes it on, still encoded
 * @throws a 422 that names the parameter, what was given and what is allowed
 */
export function readListRequest(rawQueryString: string): ListRequest {
  const read: Partial<ListFilter> & { number?: number; size?: number } = {};
  const given = new Set<string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const reader = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (!reader) {
      throw invalid('10031', 'Invalid filter', `"${name.slice(0, 60)}" is not a parameter of this list. ${ALLOWED}`, {
        parameter: name.slice(0, 60),
      });
    }
    if (given.has(name)) {
      throw invalid('10015', 'Bad request', `"${name}" is given more than once. Give it once.`, { parameter: name });
    }
    given.add(name);
    Object.assign(read, reader(name, value));
  }
  const { number = 1, size = DEFAULT_SIZE, ...filter } = read;
  return { filter, page: { number, size } };
}

const ALLOWED = `Allowed are ${Object.keys(PARAMETERS).join(', ')}.`;

function integer(name: string, value: string, largest: number): number {
  if (!/^\d{1,15}$/.test(value))
    throw wrong('10026', 'Wrong parameter type', name, value, `a whole number from 1 to ${largest}`);
  const number = Number(value);
  if (number < 1 || number > largest)
    throw wrong('10033', 'Value out of range', name, value, `a whole number from 1 to ${largest}`);
  return number;
}

function matching(name: string, value: string, pattern: RegExp, allowed: string): string {
  if (!pattern.test(value)) throw wrong('10031', 'Invalid filter', name, value, allowed);
  return value;
}

function dateTime(name: string, value: string): string {
  // The + of +02:00 means a blank in a query string, and is often sent as it is.
  const at = timestamp(value.replace(/ (\d{2}:?\d{2})$/, '+$1'));
  if (at === undefined) throw wrong('10031', 'Invalid filter', name, value, 'a date-time such as 2026-01-31T00:00:00Z');
  return at;
}

function wrong(code: string, title: string, name: string, value: string, allowed: string) {
  return invalid(code, title, `"${name}" is "${value.slice(0, 60)}". It must be ${allowed}.`, { parameter: name });
}
