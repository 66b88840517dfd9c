import type { LedgerEvent } from './answers.ts';
import { type Api, segment } from './api.ts';
import { EXIT, Failure } from './failure.ts';

/** A list of missed notifications may be long; people read its beginning. */
const MOST = 100;
const AT_ONCE = 5;

/** The events with the first 100 of these ids, by id, without those that the ledger lacks. One request each. */
export async function eventsById(api: Api, ids: readonly string[]): Promise<ReadonlyMap<string, LedgerEvent>> {
  const found = new Map<string, LedgerEvent>();
  const left = ids.slice(0, MOST).values();
  const readOn = async (): Promise<void> => {
    for (const id of left) {
      const event = await eventOrNone(api, id);
      if (event) found.set(id, event);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readOn));
  return found;
}

async function eventOrNone(api: Api, id: string): Promise<LedgerEvent | undefined> {
  try {
    return (await api.get<{ data: LedgerEvent }>(`/v2/porting/events/${segment(id)}`)).data;
  } catch (error) {
    if (error instanceof Failure && error.exitCode === EXIT.notFound) return undefined;
    throw error;
  }
}
