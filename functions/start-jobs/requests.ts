import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SelectionFilter } from '../ledger/events/selection.ts';
import { isEventType, uuidOf } from '../porting/patterns.ts';
import { millisecondsOf, type Timestamp, timestamp } from '../porting/timestamp.ts';
import { FIRST_EVENT_AT, SETTLE, type Window } from '../porting/window.ts';
import { bodyOf, malformed, objectAt, outOfRange, wrongType } from './body.ts';

/** The most events in one job: 2 hours 47 minutes at 1 request a second. */
export const MOST_EVENTS = 10_000;

/** What to republish: given events, or those that match a filter. */
export interface JobRequest {
  readonly dryRun: boolean;
  /** Each once, in the given order. */
  readonly ids: readonly string[] | undefined;
  readonly filter: SelectionFilter;
  /** A summary of the request, which a job shows. */
  readonly selection: Readonly<Record<string, unknown>>;
}

/** Reads the body of `POST /v2/republish-jobs`. Throws a 422 that points at what is wrong. */
export function readJobRequest(event: APIGatewayProxyEventV2): JobRequest {
  const { ids, filter, dry_run: dryRun = false } = bodyOf(event, ['ids', 'filter', 'dry_run']);
  if (typeof dryRun !== 'boolean') throw wrongType('/dry_run', '"dry_run" must be true or false.');
  if ((ids === undefined) === (filter === undefined)) {
    throw malformed('', 'Say what to republish: either "ids", or "filter".');
  }
  if (ids !== undefined) {
    const read = readIds(ids);
    return { dryRun, ids: read, filter: {}, selection: { id_count: read.length } };
  }
  return { dryRun, ids: undefined, ...readFilter(filter) };
}

function readIds(ids: unknown): readonly string[] {
  if (!Array.isArray(ids)) throw wrongType('/ids', '"ids" must be a list of event ids.');
  if (ids.length < 1 || ids.length > MOST_EVENTS) {
    throw outOfRange('/ids', `"ids" has ${ids.length} event ids. It must have 1 to ${MOST_EVENTS}.`);
  }
  const read = ids.map((id: unknown, index) => uuid(`/ids/${index}`, id, 'an event id, a UUID'));
  return [...new Set(read)];
}

function readFilter(given: unknown): Pick<JobRequest, 'filter' | 'selection'> {
  const members = objectAt(given, '/filter', ['type', 'porting_order_id', 'from', 'to', 'missed']);
  // An empty filter, a mistake, must not republish everything: that takes a span of time.
  if (Object.keys(members).length === 0) throw malformed('/filter', '"filter" is empty. Say what to republish.');
  const { type, porting_order_id: order, from, to, missed } = members;
  if (type !== undefined && (typeof type !== 'string' || !isEventType(type))) {
    throw wrongType('/filter/type', '"type" must be an event type such as porting_order.status_changed.');
  }
  if (missed !== undefined && missed !== true) {
    throw wrongType('/filter/missed', '"missed" must be true. Leave it out to include events that were not missed.');
  }
  const filter: SelectionFilter = {
    ...(type !== undefined && { type }),
    ...(order !== undefined && {
      portingOrderId: uuid('/filter/porting_order_id', order, 'the UUID of a porting order'),
    }),
    ...(from !== undefined && { from: dateTime('/filter/from', from) }),
    ...(to !== undefined && { to: dateTime('/filter/to', to) }),
    ...(missed !== undefined && { missed }),
  };
  if (filter.from !== undefined && filter.to !== undefined && filter.from > filter.to) {
    throw outOfRange('/filter/from', '"from" is later than "to".');
  }
  const { portingOrderId, ...rest } = filter;
  const shown = { ...rest, ...(portingOrderId !== undefined && { porting_order_id: portingOrderId }) };
  return { filter, selection: { filter: shown } };
}

/** A range to list again. */
export interface RunRequest {
  readonly from: Timestamp;
  readonly to: Timestamp;
  /** The part of it that can be listed now. */
  readonly window: Window;
}

/**
 * Reads the body of `POST /v2/sync-runs`. Throws a 422 that points at what is wrong.
 *
 * @param now milliseconds since 1970; a range that reaches the present ends shortly before it
 */
export function readRunRequest(event: APIGatewayProxyEventV2, now: number): RunRequest {
  const members = bodyOf(event, ['from', 'to']);
  const [from, to] = [dateTime('/from', members.from), dateTime('/to', members.to)];
  // A window counts milliseconds: one more includes the last microseconds before `to`.
  const window = {
    from: Math.max(millisecondsOf(from), FIRST_EVENT_AT),
    to: Math.min(millisecondsOf(to) + 1, now - SETTLE),
  };
  if (from > to) throw outOfRange('/from', '"from" is later than "to".');
  if (window.from > window.to)
    throw outOfRange('/from', 'There is nothing to list: Telnyx has events from 2015 to now.');
  return { from, to, window };
}

function uuid(pointer: string, value: unknown, allowed: string): string {
  const id = typeof value === 'string' ? uuidOf(value) : undefined;
  if (id !== undefined) return id;
  throw wrongType(pointer, `${found(pointer, value)}. It must be ${allowed}.`);
}

function dateTime(pointer: string, value: unknown): Timestamp {
  const at = timestamp(value);
  if (at !== undefined) return at;
  throw wrongType(pointer, `${found(pointer, value)}. It must be a date-time such as 2026-01-31T00:00:00Z.`);
}

function found(pointer: string, value: unknown): string {
  return `"${pointer.slice(1)}" is ${value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60)}`;
}
