import { Telnyx } from 'telnyx';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Fault } from '../../infra/local/simulator/events-api.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { eventually } from '../eventually.ts';
import { uuid } from '../porting-events.ts';
import { ledgerEvent, type SyncedAccount, startSyncedAccount, tokens } from './synced-account.ts';

/** The SDK's three calls and its error classes, with its own default of two retries. */
let account: SyncedAccount;
let event: PortingEvent;

beforeAll(async () => {
  account = await startSyncedAccount(10);
  event = account.simulator
    .events()
    .find(({ event_type }) => event_type === 'porting_order.status_changed') as PortingEvent;
});

afterEach(() => {
  account.simulator.api.intercept = undefined;
});

afterAll(() => account?.close());

const operator = () => account.sdk(tokens.operate);
const shown = async (id: string) => ledgerEvent((await account.sdk().porting.events.retrieve(id)).data);

test('retrieve: the record as Telnyx lists it, and what the ledger knows', async () => {
  const { ledger, ...record } = await shown(event.id);
  expect(record).toStrictEqual(event);
  expect(ledger).toMatchObject({ first_seen_by: 'list', webhook_deliveries: 0, republish_last_at: null });
});

test('retrieve takes an id in capitals, as Telnyx does', async () => {
  expect((await shown(event.id.toUpperCase())).id).toBe(event.id);
});

test('republish: Telnyx is asked once and sends again, and the ledger counts both', async () => {
  const { republished } = account.simulator.api;
  expect(await operator().porting.events.republish(event.id)).toBeNull();
  expect(republished.filter((id) => id === event.id)).toHaveLength(1);
  await eventually(async () =>
    expect((await shown(event.id)).ledger).toMatchObject({ republish_count: 1, webhook_deliveries: 1 }),
  );
});

test('republish with an Idempotency-Key: once, however often it is called', async () => {
  const { republished } = account.simulator.api;
  const before = republished.length;
  const options = { headers: { 'Idempotency-Key': 'the SDK, once' } };
  for (let call = 0; call < 3; call += 1) await operator().porting.events.republish(event.id, options);
  expect(republished).toHaveLength(before + 1);
});

describe('its classes of errors', () => {
  const thrownBy = (work: Promise<unknown>) => work.catch((error: unknown) => error);
  const wrong = { created_at: { gte: 'yesterday' } };

  test.each<[string, new (...given: never[]) => Error, number, string, () => Promise<unknown>]>([
    [
      'an unknown token',
      Telnyx.AuthenticationError,
      401,
      '10009',
      () => account.sdk('wrong-token-01234').porting.events.list(),
    ],
    [
      'an unknown token, republish',
      Telnyx.AuthenticationError,
      401,
      '10009',
      () => account.sdk('wrong-token-01234').porting.events.republish(event.id),
    ],
    [
      'a read token, republish',
      Telnyx.PermissionDeniedError,
      403,
      '10010',
      () => account.sdk().porting.events.republish(event.id),
    ],
    ['an unknown event', Telnyx.NotFoundError, 404, '10005', () => account.sdk().porting.events.retrieve(uuid(404))],
    [
      'an event unknown to Telnyx, republish',
      Telnyx.NotFoundError,
      404,
      '10005',
      () => operator().porting.events.republish(uuid(404)),
    ],
    ['no event id', Telnyx.UnprocessableEntityError, 422, '10006', () => account.sdk().porting.events.retrieve('17')],
    [
      'no event id, republish',
      Telnyx.UnprocessableEntityError,
      422,
      '10006',
      () => operator().porting.events.republish('a/b'),
    ],
    [
      'a page too large',
      Telnyx.UnprocessableEntityError,
      422,
      '10033',
      () => account.sdk().porting.events.list({ 'page[size]': 251 }),
    ],
    [
      'a filter that is wrong',
      Telnyx.UnprocessableEntityError,
      422,
      '10031',
      () => account.sdk().porting.events.list({ filter: wrong }),
    ],
  ])('%s', async (_, expected, status, code, ask) => {
    const error = await thrownBy(ask());
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ status, error: { errors: [{ code, detail: expect.any(String) }] } });
  });

  /** Lets pauses of exactly this length take no time, and records each. */
  function passAtOnce(milliseconds: number): readonly number[] {
    const passed: number[] = [];
    const { setTimeout: real } = globalThis;
    const shortened = (...timer: Parameters<typeof setTimeout>) => {
      const [work, delay] = timer;
      if (delay !== milliseconds) return real(...timer);
      passed.push(delay);
      return real(work, 0);
    };
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(shortened as typeof setTimeout);
    onTestFinished(() => spy.mockRestore());
    return passed;
  }

  /** How the SDK ends when Telnyx answers like this, and how often it asked Telnyx. */
  async function republishedUnder(fault: Fault) {
    let asked = 0;
    account.simulator.api.intercept = ({ method }) => {
      if (method !== 'POST') return undefined;
      asked += 1;
      return { ...fault, body: { data: 'half of this' } };
    };
    return { error: await thrownBy(operator().porting.events.republish(event.id)), asked };
  }

  test('Telnyx answers 429: RateLimitError, after the SDK has waited and asked again as the answer said', async () => {
    const pauses = passAtOnce(37_000);
    const { error, asked } = await republishedUnder({ status: 429, headers: { 'retry-after': '37' } });
    expect(pauses).toEqual([37_000, 37_000]);
    expect(error).toBeInstanceOf(Telnyx.RateLimitError);
    expect(error).toMatchObject({ status: 429, error: { errors: [{ code: '10011' }] } });
    expect(asked).toBe(3);
  });

  test.each([
    ['fails', 502, { status: 500 }],
    ['refuses our key', 502, { status: 401 }],
    ['breaks off', 504, { status: 200, truncate: true }],
  ] as const)('Telnyx %s: InternalServerError, and the SDK does not ask again', async (_, status, fault) => {
    const { error, asked } = await republishedUnder(fault);
    expect(error).toBeInstanceOf(Telnyx.InternalServerError);
    expect(error).toMatchObject({ status });
    expect(asked).toBe(1);
  });
});
