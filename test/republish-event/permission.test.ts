import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { captureLog } from '../handlers.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { operateToken, readToken } from '../query-events/reader.ts';
import { rowsIn } from '../receive-webhook/receiver.ts';
import { type Republisher, rowOf, startRepublisher } from './republisher.ts';

let republisher: Republisher;

beforeEach(async () => {
  captureLog();
  // Set before the function is loaded, because the function keeps the clock that it finds.
  vi.useFakeTimers({ toFake: ['Date'] });
  republisher = await startRepublisher();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await republisher.close();
});

/** Expects that nothing was requested from Telnyx and nothing written: no attempt, no idempotency key. */
async function expectNothingDone() {
  const { telnyx, event, store } = republisher;
  expect(telnyx.requests).toEqual([]);
  expect(await rowOf(store, event.id)).not.toHaveProperty('republish_count');
  expect(await rowsIn(store, 'control')).toEqual([]);
}

describe('no upstream call', () => {
  const basic = `Basic ${Buffer.from(`${operateToken}:`).toString('base64')}`;
  test.each<[string, Record<string, string>, number, string]>([
    ['no token', {}, 401, '10009'],
    ['a wrong token', { authorization: 'Bearer wrong-token-0123456789' }, 401, '10009'],
    ['Basic', { authorization: basic }, 401, '10009'],
    ['a reading token', { authorization: `Bearer ${readToken}` }, 403, '10010'],
  ])('%s', async (_, headers, expected, code) => {
    const target = `/v2/porting/events/${republisher.event.id}/republish`;
    const request = { method: 'POST', target, headers: { 'idempotency-key': 'first', ...headers } };
    const { status, body } = await republisher.invoke(request);
    expect({ status, code: body.errors[0]?.code }).toEqual({ status: expected, code });
    await expectNothingDone();
  });

  test('a malformed id: 422', async () => {
    const { status, body } = await republisher.republish('17');
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10006' }]);
    await expectNothingDone();
  });

  test.each(['refuses', 'hangs'] as const)('Secrets Manager %s at a cold start: 503', async (state) => {
    republisher.secrets.state = state;
    republisher.secrets.onHang = () => passDeadlinesSoon(3_000);
    expect((await republisher.republish(republisher.event.id, { key: 'first' })).status).toBe(503);
    await expectNothingDone();
  });
});

test('Secrets Manager fails later: a warm function continues with the values that it has', async () => {
  const { republish, secrets, telnyx, event } = republisher;
  expect((await republish(event.id)).status).toBe(204);
  secrets.state = 'refuses';
  vi.setSystemTime(Date.now() + 10 * 60_000);
  expect((await republish(event.id)).status).toBe(204);
  expect(telnyx.republished).toHaveLength(2);
  expect(secrets.requests).toBeGreaterThanOrEqual(2 + 2);
});
