import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type BusEvent, type Entry, entryOf, requestsOf } from './entries.ts';

/** The event bus. */
export interface Bus {
  /**
   * Puts busEvents on the bus, and those that were refused again, up to three times in all.
   *
   * @returns those that were not taken, each with the reason: the others were
   */
  readonly put: (busEvents: readonly BusEvent[]) => Promise<ReadonlyMap<BusEvent, string>>;
}

const ATTEMPTS = 3;
const PAUSE = 200;
/** EventBridge answers in some 20 ms. The SDK would wait for ever. */
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

  /** One request; gives what was refused. A request that fails as a whole refuses all of it: a part may have been taken all the same. */
  async function request(items: readonly Item[]): Promise<readonly (readonly [Item, string])[]> {
    try {
      const Entries = items.map(({ entry }) => ({ ...entry, EventBusName: name }));
      const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
      return items.flatMap((item, index) => {
        const result = results[index];
        return result?.EventId ? [] : [[item, result?.ErrorCode ?? 'EventBridge did not say'] as const];
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
