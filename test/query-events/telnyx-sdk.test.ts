import { Telnyx } from 'telnyx';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { listedEvent, uuid } from '../porting-events.ts';
import { idsOf, ledgerEvent, type SyncedAccount, startSyncedAccount, tokens } from '../telnyx-sdk/synced-account.ts';

const events = Array.from({ length: 7 }, (_, index) =>
  listedEvent(index, { created_at: `2026-03-0${index + 1}T12:00:00.000000Z` }),
);
const newestFirst = idsOf(events).reverse();

let account: SyncedAccount;

/** The SDK with its defaults, but without retries. */
const sdk = (token: string) => account.sdk(token).withOptions({ maxRetries: 0 });

beforeAll(async () => {
  vi.setSystemTime('2026-03-20T12:00:00Z');
  account = await startSyncedAccount(0, events);
  vi.setSystemTime(Date.now() + 1);
  await account.deliver(events[0] as (typeof events)[number]);
});

afterEach(() => {
  account.simulator.api.intercept = undefined;
});

afterAll(() => account?.close());

describe('list', () => {
  test.each([1, 3, 7, 250])('successive pages of %i return every event', async (size) => {
    const ids: (string | undefined)[] = [];
    for await (const event of sdk(tokens.read).porting.events.list({ 'page[size]': size })) ids.push(event.id);
    expect(ids).toEqual(newestFirst);
  });

  test('a page with its totals', async () => {
    const page = await sdk(tokens.read).porting.events.list({ 'page[number]': 2, 'page[size]': 5 });
    expect(idsOf(page.data)).toEqual(newestFirst.slice(5));
    expect(page.meta).toEqual({ page_number: 2, page_size: 5, total_pages: 2, total_results: 7 });
    expect(page.hasNextPage()).toBe(false);
  });

  test('every filter in the spelling of the SDK', async () => {
    const page = await sdk(tokens.read).porting.events.list({
      filter: {
        type: 'porting_order.status_changed',
        porting_order_id: events[3]?.porting_order_id as string,
        created_at: { gte: '2026-03-01T00:00:00Z', lte: '2026-03-04T12:00:00Z' },
      },
    });
    expect(idsOf(page.data)).toEqual([events[3]?.id]);
  });
});

test('retrieve: the record as Telnyx shows it, and one more member', async () => {
  const { data } = await sdk(tokens.read).porting.events.retrieve(events[0]?.id as string);
  const { ledger, ...record } = ledgerEvent(data);
  expect(record).toStrictEqual(events[0]);
  expect(ledger).toMatchObject({ first_seen_by: 'list', webhook_deliveries: 1 });
});

test('republish: one call to Telnyx', async () => {
  const { requests, republished } = account.simulator.api;
  const before = requests.length;
  await sdk(tokens.operate).porting.events.republish(events[2]?.id as string);
  expect(requests).toHaveLength(before + 1);
  expect(republished.at(-1)).toBe(events[2]?.id);
});

describe("the SDK's classes of errors", () => {
  const id = events[1]?.id as string;
  const thrownBy = (work: Promise<unknown>) => work.catch((error: unknown) => error);

  test.each([
    ['AuthenticationError', Telnyx.AuthenticationError, () => sdk('wrong-token-01234').porting.events.list()],
    ['NotFoundError', Telnyx.NotFoundError, () => sdk(tokens.read).porting.events.retrieve(uuid(404))],
    ['UnprocessableEntityError', Telnyx.UnprocessableEntityError, () => sdk(tokens.read).porting.events.retrieve('17')],
    [
      'UnprocessableEntityError for a parameter',
      Telnyx.UnprocessableEntityError,
      () => sdk(tokens.read).porting.events.list({ 'page[size]': 251 }),
    ],
    ['PermissionDeniedError', Telnyx.PermissionDeniedError, () => sdk(tokens.read).porting.events.republish(id)],
    [
      'NotFoundError of Telnyx itself',
      Telnyx.NotFoundError,
      () => sdk(tokens.operate).porting.events.republish(uuid(404)),
    ],
  ])('%s', async (_, expected, ask) => {
    const error = await thrownBy(ask());
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ error: { errors: [{ code: expect.stringMatching(/^100\d\d$/) }] } });
  });

  test.each([
    ['RateLimitError', 429, Telnyx.RateLimitError],
    ['InternalServerError', 500, Telnyx.InternalServerError],
    ['InternalServerError for a refused key', 401, Telnyx.InternalServerError],
  ])('%s, when Telnyx answers %i', async (_, status, expected) => {
    account.simulator.api.intercept = () => ({ status });
    expect(await thrownBy(sdk(tokens.operate).porting.events.republish(id))).toBeInstanceOf(expected);
  });
});
