import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { mortal as mortalProcess } from '../mortal.ts';
import { API_KEY, type Rig, TIMEOUT } from './rig.ts';

/** A worker that dies at its nth step: a request to the ledger or a republish. */
export function mortal(rig: Rig, diesAt: number, when: 'before' | 'after') {
  const { step, ...process } = mortalProcess(rig.store, diesAt, when);
  const telnyx = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: TIMEOUT });
  return { ...process, api: async () => ({ ...telnyx, republish: (id: string) => step(() => telnyx.republish(id)) }) };
}
