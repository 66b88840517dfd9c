import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordAttempt } from '../../functions/ledger/events/republishes.ts';
import { readUpstream } from '../../functions/ledger/status/upstream-state.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { republish } from '../../functions/republishing/republish.ts';
import type { EventsApi } from '../../functions/telnyx/events-api.ts';
import { UpstreamError } from '../../functions/telnyx/upstream-error.ts';
import { captureLog } from '../handlers.ts';
import { openStore } from '../open-store.ts';
import { uuid } from '../porting-events.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');

beforeEach(() => {
  captureLog();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A store that counts how many of its requests are under way at the same time. */
function watched(store: Store): { readonly watching: Store; readonly most: () => number } {
  type Send = typeof store.client.send;
  let underWay = 0;
  let most = 0;
  const client = Object.create(store.client, {
    send: {
      value(command: Parameters<Send>[0], ...rest: never[]) {
        underWay += 1;
        most = Math.max(most, underWay);
        return store.client.send(command, ...rest).finally(() => {
          underWay -= 1;
        });
      },
    },
  });
  return { watching: { ...store, client }, most: () => most };
}

test("Telnyx's fault and the outcome are recorded concurrently: neither waits for the other", async () => {
  const store = await openStore();
  const { watching, most } = watched(store);
  const attempt = await recordAttempt(store, uuid(1), 'operate:test', NOON);
  const refuse = async () => {
    throw new UpstreamError('rate limited', 'Telnyx answered 429.', { status: 429 });
  };
  const telnyx = { republish: refuse } as Partial<EventsApi> as EventsApi;
  const { outcome } = await republish({ store: watching, telnyx, now: () => NOON }, attempt);
  expect(outcome).toBe('rate_limited');
  expect((await readUpstream(store)).lastFault?.fault).toBe('rate limited');
  expect(most()).toBe(2);
});
