import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type BusEvent, type Entry, entryOf, requestsOf } from './entries.ts';

/** The event bus. */
export interface Bus {
  /**
   * Puts events on the bus, in up to three attempts for those that it refuses.
   *
   * @returns the events that the bus did not take, each with the reason; it took all others
   */
  readonly put: (busEvents: readonly BusEvent[]) => Promise<ReadonlyMap<BusEvent, string>>;
}

const ATTEMPTS = 3;
const PAUSE = 200;
/** EventBridge answers in some 20 ms. Without a timeout the SDK would wait forever. */
const TIMEOUT = 3_000;

interface Item {
  readonly busEvent: BusEvent;
  readonly entry: Entry;
}

/**
 * The bus of this name.
 *
 * @param pause milliseconds before the second try; twice as long before the third
 */
export function openBus(name: string, pause = PAUSE): Bus {
  const client = new EventBridgeClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: TIMEOUT, throwOnRequestTimeout: true },
  });

  /**
   * One request; returns what was refused. A failed request refuses everything in it, although a part may have been
   * taken.
   */
  async function request(items: readonly Item[]): Promise<readonly (readonly [Item, string])[]> {
    try {
      const Entries = items.map(({ entry }) => ({ ...entry, EventBusName: name }));
      const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
      return items.flatMap((item, index) => {
        const result = results[index];
        return result?.EventId ? [] : [[item, result?.ErrorCode ?? 'EventBridge gave no reason'] as const];
      });
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : 'unknown';
      return items.map((item) => [item, reason] as const);
    }
  }

  return {
    async put(busEvents) {
      let refused = new Map<Item, string>(busEvents.map((busEvent) => [{ busEvent, entry: entryOf(busEvent) }, '']));
      for (let attempt = 1; refused.size > 0 && attempt <= ATTEMPTS; attempt += 1) {
        if (attempt > 1) await sleep(pause * 2 ** (attempt - 2));
        const again = await Promise.all(requestsOf([...refused.keys()]).map(request));
        refused = new Map(again.flat());
      }
      return new Map([...refused].map(([{ busEvent }, reason]) => [busEvent, reason]));
    },
  };
}
