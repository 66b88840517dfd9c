import { afterEach, expect, test, vi } from 'vitest';
import { createJob, readJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import { startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { captureLog, loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { listedEvent } from '../porting-events.ts';
import { startSecretsManager } from '../secrets-manager.ts';
import { aBatch } from '../wake-ups.ts';

const apiKey = 'KEY0123456789ABCDEF_secret';

afterEach(() => {
  vi.restoreAllMocks();
});

async function start(environment: Readonly<Record<string, string>> = {}) {
  const store = await openStore();
  const secrets = await startSecretsManager({ 'the-key': apiKey });
  const telnyx = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
  const handle = await loadHandler('run-jobs', {
    AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    TELNYX_API_KEY_SECRET: 'the-key',
    TELNYX_BASE_URL: telnyx.url,
    HEALING: 'off',
    HEALING_PER_DAY: '50',
    ...environment,
  });
  const close = () => Promise.all([telnyx.close(), secrets.close()]);
  return {
    store,
    secrets,
    telnyx,
    close,
    run: (remaining = 900_000, event: unknown = {}) =>
      handle(
        event,
        lambdaContext(() => remaining),
      ),
  };
}

test('a batch of the stream has the function run a job, with the API key from its secret', async () => {
  const log = captureLog();
  const { store, telnyx, run, close } = await start();
  expect(await run()).toEqual({ status: 'idle' });
  const event = listedEvent(1);
  telnyx.put(event);
  const job = { id: 'a-job', ids: [event.id], selection: { id_count: 1 }, by: 'operate:test', requestId: 'r' };
  await createJob(store, job, Date.now());
  // Without time for a call it begins nothing.
  expect(await run(30_000)).toEqual({ status: 'out of time' });
  expect(telnyx.requests).toEqual([]);
  expect(await run(900_000, aBatch)).toEqual({ status: 'ended' });
  expect(telnyx.republished).toEqual([event.id]);
  expect((await readJob(store, 'a-job', Date.now()))?.job).toMatchObject({ status: 'complete', outcomes: { sent: 1 } });
  expect(log.text()).not.toContain(apiKey);
  await close();
});

test('a refused API key is read again after the pause, and the job continues', async () => {
  captureLog();
  const { store, secrets, telnyx, run, close } = await start();
  const event = listedEvent(1);
  telnyx.put(event);
  const job = { id: 'a-job', ids: [event.id], selection: { id_count: 1 }, by: 'operate:test', requestId: 'r' };
  await createJob(store, job, Date.now());
  secrets.values.set('the-key', 'KEYwrong');
  expect(await run()).toEqual({ status: 'paused' });
  secrets.values.set('the-key', apiKey);
  vi.setSystemTime(Date.now() + 61_000);
  expect(await run()).toEqual({ status: 'ended' });
  expect(telnyx.republished).toEqual([event.id]);
  await close();
});

test('an invalid setting prevents the start', async () => {
  await expect(start({ HEALING: 'on' })).rejects.toThrow('HEALING must be off or republish, not on');
});
