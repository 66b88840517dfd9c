import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { getRun } from '../../functions/ledger/runs/sync-runs.ts';
import { startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { closedPort } from '../closed-port.ts';
import { captureLog, loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { listedEvent } from '../porting-events.ts';
import { startSecretsManager } from '../secrets-manager.ts';
import { aBatch } from '../wake-ups.ts';

const apiKey = 'KEY0123456789ABCDEF_secret';

async function start(firstKey = apiKey) {
  captureLog();
  onTestFinished(() => void vi.restoreAllMocks());
  const store = await openStore();
  const secrets = await startSecretsManager({ 'the-key': firstKey });
  const telnyx = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
  onTestFinished(async () => void (await Promise.all([telnyx.close(), secrets.close()])));
  const handle = await loadHandler('sync-events', {
    AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    // The event that the run failed cannot be published, which does not change the run.
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${await closedPort()}`,
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    ORDER_DETAILS: 'on',
    SYNC_INTERVAL_SECONDS: '300',
    EVENT_BUS: 'bus',
    TELNYX_API_KEY_SECRET: 'the-key',
    TELNYX_BASE_URL: telnyx.url,
  });
  const run = (input: unknown) =>
    handle(
      input,
      lambdaContext(() => 900_000),
    );
  return { store, secrets, telnyx, run };
}

test('the next run after a refused API key reads the key again', async () => {
  const { secrets, run } = await start('KEYwrong');
  expect(await run({})).toMatchObject({ status: 'failed', error: expect.stringContaining('401') });
  secrets.values.set('the-key', apiKey);
  vi.setSystemTime(Date.now() + 30_000);
  expect(await run({})).toMatchObject({ status: 'complete' });
  const night = [{ status: 'complete', run_id: expect.stringMatching(/-last-7-days$/) }];
  expect(await run({ days: 7 })).toMatchObject(night);
  expect(await run({ days: 7 })).toEqual([]);
});

describe('a requested run is found by', () => {
  async function requested() {
    const started = await start();
    const { store, telnyx, run } = started;
    await run({});
    const at = Date.now() - 10 * 24 * 3_600_000;
    telnyx.put(listedEvent(1, { created_at: new Date(at).toISOString() }));
    const id = `${new Date().toISOString()}-request`;
    await requestRun(store, id, { from: at - 60_000, to: at + 60_000 }, Date.now());
    return { ...started, shown: () => getRun(store, id, Date.now()) };
  }

  test('a wake-up of the stream, which is not a scheduled run', async () => {
    const { run, shown } = await requested();
    expect(await run(aBatch)).toMatchObject([{ status: 'complete', inserted: 1 }]);
    expect(await shown()).toMatchObject({ status: 'complete', inserted: 1 });
  });

  test('the next scheduled call, after its own run, if the wake-up is lost', async () => {
    const { run, shown } = await requested();
    expect(await run({})).toMatchObject({ status: 'complete', inserted: 0 });
    expect(await shown()).toMatchObject({ status: 'complete', inserted: 1 });
  });
});
