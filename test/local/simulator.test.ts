import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import Telnyx from 'telnyx';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../infra/local/simulator/simulator.ts';
import { eventually } from '../eventually.ts';
import { stoppedClock } from './clock.ts';

const apiKey = 'KEYtest';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** However slow this machine is, each webhook is sent once. No test waits for payloads. */
const calm = {
  requestsPerSecond: Number.POSITIVE_INFINITY,
  losses: 0,
  duplicates: 0,
  latenessMs: 0,
  timeoutMs: 3_600_000,
  sleep: async () => {},
};

const start = async (options: Partial<SimulatorOptions> = {}): Promise<Simulator> => {
  const simulator = await startSimulator({ apiKey, seed: 11, history: 20, speed: 2_000_000, ...calm, ...options });
  closing.push(simulator.close);
  return simulator;
};

const receive = async () => {
  const ids: string[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as { id: string; data?: { id: string } };
    ids.push(body.data?.id ?? body.id);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { ids, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
};

/** From now on, orders live only while the test lets time pass. */
const stopLives = (): void => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  closing.push(() => vi.useRealTimers());
};

const liveUntil = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await vi.advanceTimersByTimeAsync(10);
};

describe('the simulator', () => {
  it('serves the official SDK: list, retrieve, republish', async () => {
    const { ids, url } = await receive();
    const simulator = await start({ ordersPerMinute: 0, speed: 0.001, webhookUrl: url });
    const telnyx = new Telnyx({ apiKey, baseURL: simulator.url, maxRetries: 0 });

    const listed: (string | undefined)[] = [];
    for await (const { id } of telnyx.porting.events.list({ 'page[size]': 30 })) listed.push(id);
    const expected = simulator.events().map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(90);
    expect(listed).toEqual(expected.toReversed());

    const comment = simulator.events().find(({ event_type }) => event_type === 'porting_order.new_comment');
    const filter = { type: 'porting_order.new_comment', created_at: { gte: comment?.created_at ?? '' } } as const;
    const comments = await telnyx.porting.events.list({ filter, 'page[size]': 250 });
    expect(comments.data.at(-1)).toEqual(comment);
    expect(comments.data.every(({ event_type }) => event_type === 'porting_order.new_comment')).toBe(true);

    const id = comment?.id ?? '';
    expect((await telnyx.porting.events.retrieve(id)).data).toEqual(comment);
    await telnyx.porting.events.republish(id);
    await eventually(() => expect(ids.length).toBeGreaterThan(0));
    expect(ids).toEqual([id]);
    await simulator.pause();
    expect(simulator.deliveries).toEqual([{ id, attempt: 1, outcome: 'delivered', status: 200 }]);

    const wrong = new Telnyx({ apiKey: 'KEYother', baseURL: simulator.url, maxRetries: 0 });
    await expect(wrong.porting.events.retrieve(id)).rejects.toMatchObject({ status: 401 });
    await expect(telnyx.porting.events.retrieve(simulator.url)).rejects.toMatchObject({ status: 404 });
  });

  it('begins with history: most orders finished, some under way, nothing in the future', async () => {
    const before = Date.now();
    const simulator = await start({ ordersPerMinute: 0, speed: 0.001 });
    const instants = simulator
      .events()
      .map(({ created_at, payload }) => Date.parse(String(created_at ?? payload?.created_at)));
    expect(instants[0]).toBeGreaterThanOrEqual(before - 28 * 86_400_000);
    expect(instants[0]).toBeLessThan(before - 26 * 86_400_000);
    expect(instants.at(-1)).toBeLessThanOrEqual(Date.now());
    expect(instants.at(-1)).toBeGreaterThan(before - 3 * 86_400_000);
    const orders = Object.groupBy(simulator.events(), ({ porting_order_id }) => porting_order_id);
    const ported = simulator.events().filter(({ payload }) => JSON.stringify(payload?.status)?.includes('"ported"'));
    expect(ported.length).toBeGreaterThan(8);
    expect(ported.length).toBeLessThan(Object.keys(orders).length);
  });

  it('repeats the same lives for the same seed, and sends a webhook for each event that has one', async () => {
    stopLives();
    const tell = async (seed: number, speed: number) => {
      const { ids, url } = await receive();
      const simulator = await start({ seed, speed, webhookUrl: url, ordersPerMinute: speed / 1000, history: 5 });
      const known = new Set(simulator.events().map(({ id }) => id));
      await liveUntil(() => simulator.events().length > known.size + 150);
      await simulator.pause();
      const events = simulator.events().filter(({ id }) => !known.has(id));
      expect(events.every(({ payload_status }) => payload_status === 'completed')).toBe(true);
      const silent = ['porting_order.loa_updated', 'porting_order.sharing_token_expired'];
      const announced = events.filter(({ event_type }) => !silent.includes(event_type)).map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set(announced));
      return events.map(({ id, event_type }) => `${event_type} ${id}`).slice(0, 150);
    };
    const story = await tell(1, 2_000_000);
    expect(await tell(1, 1_000_000)).toEqual(story);
    expect(await tell(2, 2_000_000)).not.toEqual(story);
  });

  it('sends the webhooks of an order to its own URL, and shows it in each of its status changes', async () => {
    stopLives();
    const [account, own] = [await receive(), await receive()];
    const simulator = await start({
      history: 0,
      ordersPerMinute: 2_000,
      webhookUrl: account.url,
      ownWebhooks: { share: 0.5, url: own.url },
    });
    await liveUntil(() => simulator.events().length > 200);
    await simulator.pause();
    const urlsOf = Map.groupBy(
      simulator.events().filter(({ event_type }) => event_type === 'porting_order.status_changed'),
      ({ porting_order_id }) => porting_order_id,
    );
    const goesTo = (id: string) => {
      const order = simulator.api.get(id)?.porting_order_id ?? '';
      return new Set(urlsOf.get(order)?.map(({ payload }) => payload?.webhook_url));
    };
    for (const id of own.ids) expect(goesTo(id)).toEqual(new Set([own.url]));
    for (const id of account.ids) expect(goesTo(id)).toEqual(new Set([undefined]));
    const types = (ids: readonly string[]) => new Set(ids.map((id) => simulator.api.get(id)?.event_type));
    for (const { ids } of [account, own]) {
      expect(ids.length).toBeGreaterThan(40);
      expect(types(ids)).toContain('porting_order.new_comment');
    }
  });

  it('shows no URL for orders that have none of their own', async () => {
    const urls = async (offSpec: boolean) => {
      const simulator = await start({ ordersPerMinute: 0, speed: 0.001, offSpec });
      const changes = simulator.events().filter(({ event_type }) => event_type === 'porting_order.status_changed');
      return new Set(changes.map(({ payload }) => payload?.webhook_url));
    };
    expect(await urls(false)).toEqual(new Set([undefined]));
    expect(await urls(true)).toEqual(new Set([null]));
  });

  it('shows the results of its webhooks in the log of deliveries, or has no log', async () => {
    const { ids, url } = await receive();
    const simulator = await start({ ordersPerMinute: 0, speed: 0.001, webhookUrl: url, sameIds: false });
    const telnyx = new Telnyx({ apiKey, baseURL: simulator.url, maxRetries: 0 });
    const [event] = simulator.events();
    await telnyx.porting.events.republish(event?.id ?? '');
    await simulator.pause();
    const { data } = await telnyx.webhookDeliveries.list({ filter: { status: { eq: 'delivered' } } });
    expect(data.map(({ webhook }) => webhook?.id)).toEqual(ids);
    expect(ids).not.toEqual([event?.id]);

    const without = await start({ ordersPerMinute: 0, speed: 0.001, hasDeliveryLog: false });
    const other = new Telnyx({ apiKey, baseURL: without.url, maxRetries: 0 });
    await expect(other.webhookDeliveries.list()).rejects.toMatchObject({ status: 404 });
  });

  it('shows its orders, whose dates move as fast as it lives', async () => {
    const dates = async (speed: number, movedDates: number) => {
      const simulator = await start({ ordersPerMinute: 0, speed, orders: { movedDates } });
      await simulator.pause();
      const telnyx = new Telnyx({ apiKey, baseURL: simulator.url, maxRetries: 0 });
      const { data } = await telnyx.portingOrders.list({ 'page[size]': 250 });
      const ported = data.filter(({ status }) => status?.value === 'ported').slice(-5);
      expect(ported).toHaveLength(5);
      return ported.map(({ activation_settings }) => activation_settings?.foc_datetime_actual?.slice(0, 10));
    };
    // At the lower speed, a move takes longer than the history is old.
    expect(await dates(0.001, 1)).toEqual(await dates(0.001, 0));
    expect(await dates(2_000_000, 1)).not.toEqual(await dates(2_000_000, 0));
  });

  it('shows a new event without its payload, at the present time, and sends its webhook when complete', async () => {
    const { ids, url } = await receive();
    const before = Date.now();
    const clock = stoppedClock();
    const one = { history: 0, ordersPerMinute: 0.001, speed: 0.001 };
    const simulator = await start({ ...one, payloadMs: 150, sleep: clock.sleep });
    simulator.sendWebhooksTo(url);
    await eventually(() => expect(simulator.events()).toHaveLength(1));
    const [created] = simulator.events();
    expect(created).toMatchObject({ payload_status: 'created', payload: null });
    expect(Date.parse(created?.created_at ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(created?.created_at ?? '')).toBeLessThanOrEqual(Date.now());
    await clock.pass(149);
    expect(simulator.events()).toEqual([created]);
    expect(ids).toEqual([]);
    await clock.pass(1);
    await simulator.pause();
    const [completed] = simulator.events();
    expect(completed).toMatchObject({ id: created?.id, created_at: created?.created_at, payload_status: 'completed' });
    expect(completed?.payload).toMatchObject({ status: { value: 'draft' } });
    expect(Date.parse(completed?.updated_at ?? '') - Date.parse(completed?.created_at ?? '')).toBe(150);
    expect(ids).toEqual([created?.id]);
  });

  it('rests while paused, continues when resumed, and stops permanently when closed', async () => {
    stopLives();
    const MINUTE = 60_000;
    const simulator = await start({ history: 0, speed: 8000 });
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    const count = simulator.events().length;
    const begun = () =>
      simulator.events().filter(({ payload }) => JSON.stringify(payload?.status)?.includes('"draft"')).length;
    // Four a minute, and one at the start.
    expect(begun()).toBe(41);
    await simulator.pause();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(simulator.events()).toHaveLength(count);
    simulator.resume();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    const last = simulator.events().length;
    expect(begun()).toBe(81);
    await simulator.close();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(simulator.events()).toHaveLength(last);
    vi.useRealTimers();
    await expect(fetch(simulator.url)).rejects.toThrow();
  });
});
