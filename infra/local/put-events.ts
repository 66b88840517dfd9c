import { randomUUID } from 'node:crypto';
import { isObject } from '../../functions/porting/event.ts';
import { isDeeperThan } from '../../functions/porting/json.ts';

/** One event as EventBridge hands it to the targets of a rule. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** To the second, as EventBridge gives it. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An entry of a PutEvents request, as it crosses the wire, with its content unchecked. */
export interface Entry {
  /** Epoch seconds. */
  readonly Time?: number;
  readonly Source?: string;
  readonly Resources?: readonly string[];
  readonly DetailType?: string;
  /** JSON text. */
  readonly Detail?: string;
  readonly EventBusName?: string;
}

/** Why one entry is refused, in EventBridge's words. */
export interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** Why a whole request is refused. */
export interface RequestError {
  readonly __type: string;
  readonly message: string;
}

const MOST_ENTRIES = 10;
/**
 * EventBridge itself takes 1 MB since 2026, but not in every Region, and not every target of a rule does: an event
 * within the older limit arrives everywhere.
 */
const MOST_BYTES = 256 * 1024;
const MOST_DETAIL_TYPE_CHARACTERS = 128;
const MOST_LEVELS = 1_000;

/** Reads a request's entries, or says why EventBridge would refuse all of them. */
export function readEntries(body: string, bus: string): readonly Entry[] | RequestError {
  const entries = entriesIn(body);
  if (!entries) return { __type: 'SerializationException', message: 'Entries is not a list of objects' };
  if (entries.length < 1 || entries.length > MOST_ENTRIES) {
    const bound = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST_ENTRIES}`;
    const constraint = `Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`;
    return { __type: 'ValidationException', message: `1 validation error detected: ${constraint}` };
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > MOST_BYTES) {
    return {
      __type: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    };
  }
  // EventBridge accepts events for a bus that does not exist, and drops them. On AWS, the function's role prevents
  // that.
  if (entries.some(({ EventBusName }) => EventBusName !== bus)) {
    const message = `Not authorized to perform events:PutEvents on another bus than ${bus}`;
    return { __type: 'AccessDeniedException', message };
  }
  return entries;
}

/** The event that an entry becomes, or why it alone fails. */
export function eventOf(entry: Entry, region: string, now: number): BusEvent | EntryError {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) return invalid(name, `${name} is a required argument.`);
  }
  const { Time, Source = '', DetailType = '', Detail = '', Resources = [] } = entry;
  if (DetailType.length > MOST_DETAIL_TYPE_CHARACTERS) {
    return invalid('DetailType', `DetailType is longer than ${MOST_DETAIL_TYPE_CHARACTERS} characters.`);
  }
  const detail = objectIn(Detail);
  if (!detail || isDeeperThan(MOST_LEVELS - 1, detail))
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: '000000000000',
    time: `${new Date(Time === undefined ? now : Time * 1000).toISOString().slice(0, 19)}Z`,
    region,
    resources: Resources,
    detail,
  };
}

function invalid(parameter: string, reason: string): EntryError {
  return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${parameter} is not valid. Reason: ${reason}` };
}

function entriesIn(body: string): Entry[] | undefined {
  const entries = objectIn(body)?.Entries;
  if (!Array.isArray(entries)) return undefined;
  return entries.every(isObject) ? entries : undefined;
}

/** As EventBridge counts: 14 bytes for a time, and the texts in UTF-8. */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
