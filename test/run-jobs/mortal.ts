import type { Store } from '../../functions/ledger/store.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { API_KEY, type Rig } from './rig.ts';

export class Death extends Error {
  override readonly name = 'Death';
}

/**
 * A process that dies at its nth step, before or after the step's effect. What is dead does nothing more: every later step dies too,
 * and no clean-up runs.
 */
export function mortal(rig: Rig, diesAt: number, when: 'before' | 'after') {
  let steps = 0;
  const step = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    steps += 1;
    if (steps > diesAt || (steps === diesAt && when === 'before')) throw new Death();
    const result = await act();
    if (steps >= diesAt) throw new Death();
    return result;
  };
  const client = Object.create(rig.store.client, {
    send: {
      value: (command: Parameters<typeof rig.store.client.send>[0], ...rest: never[]) =>
        step(() => rig.store.client.send(command, ...rest)),
    },
  });
  const telnyx = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: 1_000 });
  return {
    store: { ...rig.store, client } as Store,
    api: async () => ({ ...telnyx, republish: (id: string) => step(() => telnyx.republish(id)) }),
    died: () => steps >= diesAt,
  };
}
