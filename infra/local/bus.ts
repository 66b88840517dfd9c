import { serveOperation } from './loopback-server.ts';
import { type BusEvent, type Entry, eventOf, readEntries } from './put-events.ts';

/** An endpoint that answers as EventBridge does, and the bus behind it. */
export interface Bus {
  readonly endpoint: string;
  readonly name: string;
  /** The last 1,000 events, newest first, each as the target of a rule would get it. */
  events(): readonly BusEvent[];
  close(): Promise<void>;
}

/**
 * What goes wrong with one request: it is refused with an error, never answered, or its events are on the bus but the
 * answer is lost (the connection breaks) or never sent.
 */
export type BusFault =
  | { readonly refuse: number; readonly type: string }
  | 'hang'
  | 'do it, lose the answer'
  | 'do it, never answer';

/** The faults that a test injects. */
export interface BusFaults {
  /** Called before each well-formed request. */
  readonly request?: (entries: readonly Entry[]) => BusFault | undefined;
  /** Called for each entry of a request that is carried out: the error code with which this entry alone fails. */
  readonly entry?: (entry: Entry, index: number) => string | undefined;
}

export interface BusOptions {
  /** The only bus there is. */
  readonly name: string;
  /** Called for each event, in the order in which they are put on the bus. */
  readonly onEvent?: (event: BusEvent) => void;
  readonly faults?: BusFaults;
}

const MOST_KEPT = 1000;
const REGION = 'us-east-1';
const NEVER = new Promise<never>(() => {});

/** Serves PutEvents on a free port of this machine. Nothing is written to disk. */
export async function startBus({ name, onEvent, faults = {} }: BusOptions): Promise<Bus> {
  const kept: BusEvent[] = [];

  function put(entry: Entry, index: number): object {
    const code = faults.entry?.(entry, index);
    if (code) return { ErrorCode: code, ErrorMessage: 'a fault' };
    const event = eventOf(entry, REGION, Date.now());
    if ('ErrorCode' in event) return event;
    kept.push(event);
    if (kept.length > MOST_KEPT) kept.shift();
    onEvent?.(event);
    return { EventId: event.id };
  }

  const { url: endpoint, close } = await serveOperation('AWSEvents.PutEvents', (body) => {
    const entries = readEntries(body, name);
    if ('__type' in entries) return [400, entries];
    const fault = faults.request?.(entries);
    if (fault === 'hang') return NEVER;
    if (typeof fault === 'object') return [fault.refuse, { __type: fault.type, message: 'a fault' }];
    const results = entries.map(put);
    if (fault === 'do it, never answer') return NEVER;
    if (fault === 'do it, lose the answer') throw new Error('the answer is lost');
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
    return [200, { FailedEntryCount, Entries: results }];
  });
  return { endpoint, name, events: () => kept.toReversed(), close };
}
