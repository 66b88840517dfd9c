import { afterEach, describe, expect, it } from 'vitest';
import { type EventsApi, type EventsApiOptions, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { lives } from '../lives.ts';

const apiKey = 'KEYtest';
const DAY = 86_400_000;
const MINUTE = 60_000;
const from = Date.parse('2026-11-02T00:00:00Z');
const history = lives({ seed: 5, from, orders: 200, days: 5 }).map(({ event }) => event);

let now = 0;
let api: EventsApi;
afterEach(() => api.close());

const start = async (options: Partial<EventsApiOptions> = {}, events: readonly PortingEvent[] = history) => {
  api = await startEventsApi({ apiKey, requestsPerSecond: Infinity, now: () => now, ...options });
  for (const event of events) api.put(event, { visibleAt: Date.parse(String(event.created_at)) || from });
  return api;
};
const ask = async (path: string) => {
  const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
  return { status: response.status, body: JSON.parse(await response.text()) };
};

/** Cut to the millisecond: the event is there one later, and not yet one earlier. */
const createdAt = ({ created_at, payload }: PortingEvent) => Date.parse(String(created_at ?? payload?.created_at));
const statusOf = ({ payload }: PortingEvent) => (payload?.status as { value: string } | undefined)?.value;
const ofOrder = Object.groupBy(history, ({ porting_order_id }) => porting_order_id);
const ids = Object.keys(ofOrder);
const withStatus = (id: string, value: string) => ofOrder[id]?.filter((event) => statusOf(event) === value) ?? [];
const foc = (id: string, at: number): string | null | undefined => {
  now = at;
  return api.order(id)?.activation_settings.foc_datetime_actual;
};

describe('an order', () => {
  it('has the status of its latest event, at every moment of its life, and is gone when it is deleted', async () => {
    await start();
    for (const id of ids) {
      for (const event of ofOrder[id] ?? []) {
        now = createdAt(event) + 1;
        if (statusOf(event)) expect(api.order(id)?.status).toEqual(event.payload?.status);
        if (event.event_type === 'porting_order.deleted') expect(api.order(id)).toBeUndefined();
        if (event.event_type === 'porting_order.messaging_changed') {
          expect(api.order(id)?.messaging).toEqual(event.payload?.messaging);
        }
      }
      now = createdAt(ofOrder[id]?.[0] as PortingEvent) - 1;
      expect(api.order(id)?.status.value).toBe(
        history.some(({ payload }) => isPart(payload, id)) ? 'submitted' : undefined,
      );
    }
    const deleted = history.find(({ event_type }) => event_type === 'porting_order.deleted');
    now = from + 60 * DAY;
    expect((await ask(`/porting_orders/${deleted?.porting_order_id}`)).status).toBe(404);
  });

  it('has a FOC date from its confirmation on, some days ahead on a working day', async () => {
    await start({ orders: { movedDates: 0 } });
    const confirmed = ids.filter((id) => withStatus(id, 'foc-date-confirmed').length > 0);
    expect(confirmed.length).toBeGreaterThan(100);
    for (const id of confirmed) {
      const at = createdAt(withStatus(id, 'foc-date-confirmed')[0] as PortingEvent);
      expect(foc(id, at - 1)).toBeNull();
      const date = new Date(foc(id, at + 1) ?? '');
      expect(date.getTime()).toBeGreaterThan(at + 4 * DAY);
      expect(date.getTime()).toBeLessThan(at + 12 * DAY);
      expect([1, 2, 3, 4, 5]).toContain(date.getUTCDay());
    }
  });

  it('has its date moved without any event, if it is one of the share that moves', async () => {
    const movedIn = async (movedDates: number) => {
      await start({ orders: { movedDates } });
      const moved = ids.filter((id) => {
        const [confirmation] = withStatus(id, 'foc-date-confirmed');
        const next = ofOrder[id]
          ?.filter((event) => statusOf(event))
          .find((event) => confirmation && createdAt(event) > createdAt(confirmation));
        if (!confirmation || !next || statusOf(next) !== 'ported') return false;
        return foc(id, createdAt(confirmation) + 1) !== foc(id, createdAt(next) - 1);
      });
      await api.close();
      return moved.length;
    };
    const all = await movedIn(1);
    expect(all).toBeGreaterThan(100);
    expect(await movedIn(0)).toBe(0);
    const some = await movedIn(0.15);
    expect(some / all).toBeGreaterThan(0.05);
    expect(some / all).toBeLessThan(0.3);
  });

  it('shows the move in updated_at, and moves sooner at a greater speed', async () => {
    const id = ids.find((id) => withStatus(id, 'ported').length > 0 && withStatus(id, 'exception').length === 0) ?? '';
    const at = createdAt(withStatus(id, 'foc-date-confirmed')[0] as PortingEvent) + 1;
    await start({ orders: { movedDates: 1, speed: 8000 } });
    const before = foc(id, at);
    const after = foc(id, at + MINUTE);
    expect(after).not.toBe(before);
    expect(Date.parse(api.order(id)?.updated_at ?? '')).toBeGreaterThan(at);
    expect(Date.parse(api.order(id)?.updated_at ?? '')).toBeLessThan(at + MINUTE);
    await api.close();
    await start({ orders: { movedDates: 1 } });
    expect(foc(id, at + MINUTE)).toBe(before);
  });

  it('loses its date when it is refused after the confirmation, and gets one with the next confirmation', async () => {
    await start({ orders: { movedDates: 0 } });
    const losers = ids.filter((id) => withStatus(id, 'foc-date-confirmed').length === 2);
    expect(losers.length).toBeGreaterThan(3);
    for (const id of losers) {
      const [first, second] = withStatus(id, 'foc-date-confirmed').map(createdAt) as [number, number];
      const refusal = withStatus(id, 'exception')
        .map(createdAt)
        .find((at) => at > first) as number;
      expect(foc(id, refusal - 1)).not.toBeNull();
      expect(foc(id, refusal + 1)).toBeNull();
      expect(foc(id, second + 1)).not.toBeNull();
    }
  });

  it('keeps its number count, and a split divides it', async () => {
    await start();
    const splits = history.filter(({ event_type }) => event_type === 'porting_order.split');
    expect(splits.length).toBeGreaterThan(5);
    for (const event of splits) {
      const moved = (event.payload?.porting_phone_numbers as unknown[]).length;
      const count = (id: string, at: number) => {
        now = at;
        return api.order(id)?.porting_phone_numbers_count;
      };
      const at = createdAt(event) + 1;
      const before = count(event.porting_order_id, at - 2) ?? 0;
      expect(count(event.porting_order_id, at)).toBe(Math.max(1, before - moved));
      expect(count((event.payload?.to as { id: string }).id, at)).toBe(moved);
    }
    now = from + 60 * DAY;
    const counts = ids.flatMap((id) => api.order(id)?.porting_phone_numbers_count ?? []);
    expect(Math.max(...counts)).toBeGreaterThan(50);
    const big = ids.find((id) => (api.order(id)?.porting_phone_numbers_count ?? 0) > 50) ?? '';
    expect(api.order(big)?.phone_numbers).toHaveLength(50);
  });

  it('has private members, each marked, and phone numbers unless they are not asked for', async () => {
    await start();
    now = from + 60 * DAY;
    const id = ids.find((id) => api.order(id)) ?? '';
    const { body } = await ask(`/porting_orders/${id}`);
    const { admin, location } = body.data.end_user;
    for (const name of ['account_number', 'auth_person_name', 'entity_name', 'pin_passcode', 'tax_identifier']) {
      expect(admin[name]).toMatch(/^private /);
    }
    for (const name of ['street_address', 'locality', 'postal_code']) expect(location[name]).toMatch(/^private /);
    expect(body.data.phone_numbers[0].phone_number).toMatch(/^\+130355501\d{3}$/);
    const without = await ask(`/porting_orders/${id}?include_phone_numbers=false`);
    const { phone_numbers, ...rest } = body.data;
    expect(without.body.data).toEqual(rest);
  });

  it('is the same when the account is started again, whatever its seed and the order of its events', async () => {
    now = from + 12 * DAY;
    const all = async (seed: number, events: readonly PortingEvent[]) => {
      await start({ seed }, events);
      const orders = ids.map((id) => api.order(id));
      await api.close();
      return orders;
    };
    const orders = await all(5, history);
    expect(orders.filter((order) => order?.activation_settings.foc_datetime_actual).length).toBeGreaterThan(50);
    expect(await all(6, history.toReversed())).toEqual(orders);
  });

  it('stays when its event is taken out of the list', async () => {
    await start();
    now = from + 60 * DAY;
    const id = ids.find((id) => withStatus(id, 'ported').length > 0) ?? '';
    api.remove(withStatus(id, 'ported')[0]?.id ?? '');
    expect(api.order(id)?.status.value).toBe('ported');
  });
});

const isPart = (payload: PortingEvent['payload'], id: string) =>
  (payload?.to as { id?: string } | undefined)?.id === id;

describe('the list of orders', () => {
  it('has the newest order first', async () => {
    await start();
    now = from + 60 * DAY;
    const { body } = await ask('/porting_orders?page[size]=250');
    const dates = body.data.map(({ created_at }: { created_at: string }) => created_at);
    expect(dates).toEqual(dates.toSorted().toReversed());
    expect(body.meta).toEqual({ page_number: 1, page_size: 250, total_pages: 1, total_results: dates.length });
  });

  it('may show orders as they were some minutes ago, while each single order is up to date', async () => {
    await start({ orders: { listLagMs: 5 * MINUTE } });
    const [id] = ids.filter((id) => withStatus(id, 'ported').length > 0);
    const listed = async () => {
      const { body } = await ask('/porting_orders?page[size]=250');
      return body.data.find((order: { id: string }) => order.id === id)?.status.value;
    };
    const shown = async () => (await ask(`/porting_orders/${id}`)).body.data?.status.value;
    const ported = createdAt(withStatus(id ?? '', 'ported')[0] as PortingEvent) + 1;
    now = ported;
    expect([await shown(), await listed()]).toEqual(['ported', 'foc-date-confirmed']);
    now = ported + 5 * MINUTE;
    expect([await shown(), await listed()]).toEqual(['ported', 'ported']);
  });
});
