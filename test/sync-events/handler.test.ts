import { expect, onTestFinished, test, vi } from 'vitest';
import { startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { closedPort } from '../closed-port.ts';
import { captureLog, loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { startSecretsManager } from '../secrets-manager.ts';

test('the next run after a refused API key reads the key again', async () => {
  captureLog();
  onTestFinished(() => void vi.restoreAllMocks());
  const apiKey = 'KEY0123456789ABCDEF_secret';
  const store = await openStore();
  const secrets = await startSecretsManager({ 'the-key': 'KEYwrong' });
  const telnyx = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
  onTestFinished(async () => void (await Promise.all([telnyx.close(), secrets.close()])));
  const run = await loadHandler('sync-events', {
    AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    // The event that the run failed cannot be published, which does not change the run.
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${await closedPort()}`,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    EVENT_BUS: 'bus',
    TELNYX_API_KEY_SECRET: 'the-key',
    TELNYX_BASE_URL: telnyx.url,
  });
  const context = lambdaContext(() => 900_000);
  expect(await run({}, context)).toMatchObject({ status: 'failed', error: expect.stringContaining('401') });
  secrets.values.set('the-key', apiKey);
  vi.setSystemTime(Date.now() + 30_000);
  expect(await run({}, context)).toMatchObject({ status: 'complete' });
  const night = [{ status: 'complete', run_id: expect.stringMatching(/-last-7-days$/) }];
  expect(await run({ days: 7 }, context)).toMatchObject(night);
  expect(await run({ days: 7 }, context)).toEqual([]);
});
