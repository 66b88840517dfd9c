import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutPayload } from '../../infra/local/simulator/records.ts';
import { type LivedEvent, lives } from '../lives.ts';

const from = Date.parse('2026-11-01T00:00:00Z');
const many = lives({ seed: 1, from, orders: 1500, days: 30 });

const orders = (events: readonly LivedEvent[]): (readonly LivedEvent[])[] =>
  Object.values(Object.groupBy(events, ({ event }) => event.porting_order_id)).map((life) => life ?? []);

/** The value of a status change, the name of any other type. */
const course = (life: readonly LivedEvent[]): string[] =>
  life.map(({ event }) => {
    const status = event.payload?.status as { value: string } | undefined;
    return status?.value ?? event.event_type.replace('porting_order.', '');
  });

const statuses = ['draft', 'in-process', 'submitted', 'exception', 'foc-date-confirmed', 'ported', 'cancel-pending'];

describe('lives', () => {
  it('are the same for the same seed, and differ for another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.boolean(), (seed, other, offSpec) => {
        fc.pre(seed !== other);
        const options = { from, orders: 3, days: 2, offSpec };
        expect(lives({ ...options, seed })).toEqual(lives({ ...options, seed }));
        const ids = new Set(lives({ ...options, seed }).map(({ event }) => event.id));
        expect(lives({ ...options, seed: other }).some(({ event }) => ids.has(event.id))).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('do not depend on how many other orders there are', () => {
    const few = new Set(lives({ seed: 1, from, orders: 5, days: 30 }).map(({ event }) => event.id));
    const found = many.filter(({ event }) => few.has(event.id));
    expect(found).toHaveLength(few.size);
  });

  it('come in order of time, with unique ids and instants that agree with the events', () => {
    expect(new Set(many.map(({ event }) => event.id)).size).toBe(many.length);
    expect(many.map(({ visibleAt }) => visibleAt)).toEqual(
      many.map(({ visibleAt }) => visibleAt).toSorted((a, b) => a - b),
    );
    for (const { event, visibleAt, completeAt } of many) {
      const created = withoutPayload(event);
      expect(created).toMatchObject({ payload_status: 'created', payload: null, id: event.id });
      expect(Math.floor(visibleAt)).toBe(Date.parse(created.created_at ?? ''));
      expect(Math.floor(completeAt)).toBe(Date.parse(String(event.updated_at ?? event.payload?.updated_at)));
      expect(completeAt - visibleAt).toBeGreaterThanOrEqual(2500);
      expect(completeAt - visibleAt).toBeLessThan(3801);
      expect(created.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }
  });

  it('take 8 to 15 events and one to four weeks when an order is neither split, cancelled nor deleted', () => {
    const ordinary = orders(many).filter((life) => {
      const types = course(life);
      return types[0] === 'draft' && types.includes('ported') && !types.includes('split');
    });
    expect(ordinary.length).toBeGreaterThan(1000);
    for (const life of ordinary) {
      expect(life.length, course(life).join()).toBeGreaterThanOrEqual(8);
      expect(life.length, course(life).join()).toBeLessThanOrEqual(15);
      const days = ((life.at(-1)?.visibleAt ?? 0) - (life[0]?.visibleAt ?? 0)) / 86_400_000;
      expect(days).toBeGreaterThan(6);
      expect(days).toBeLessThan(28);
    }
  });

  it('follow the course that an order can take', () => {
    const next: Record<string, string[]> = {
      draft: ['in-process', 'deleted'],
      'in-process': ['submitted'],
      submitted: ['exception', 'foc-date-confirmed', 'cancel-pending'],
      exception: ['submitted'],
      'foc-date-confirmed': ['exception', 'ported'],
      'cancel-pending': ['cancelled'],
      ported: [],
      cancelled: [],
      deleted: [],
    };
    const seen = new Set<string>();
    for (const life of orders(many)) {
      const path = course(life).filter((step) => step in next);
      expect(['draft', 'in-process']).toContain(path[0]);
      for (const [index, step] of path.entries()) {
        const following = path[index + 1];
        seen.add(`${step} > ${following ?? 'end'}`);
        if (following === undefined) expect(next[step], path.join()).toEqual([]);
        else expect(next[step], path.join()).toContain(following);
      }
    }
    const possible = Object.entries(next).flatMap(([step, all]) =>
      (all.length ? all : ['end']).map((to) => `${step} > ${to}`),
    );
    expect([...seen].sort()).toEqual(possible.sort());
  });

  it('show a split, and then the new order', () => {
    const splits = many.filter(({ event }) => event.event_type === 'porting_order.split');
    expect(splits.length).toBeGreaterThan(50);
    for (const { event, visibleAt } of splits) {
      const { from: old, to, porting_phone_numbers } = event.payload as Record<string, { id: string }>;
      expect(old?.id).toBe(event.porting_order_id);
      expect(porting_phone_numbers).not.toHaveLength(0);
      const part = many.filter(({ event }) => event.porting_order_id === to?.id);
      expect(course(part)[0]).toBe('in-process');
      expect(part[0]?.visibleAt).toBeGreaterThan(visibleAt);
    }
  });

  it('say the same about an order in each of its events', () => {
    const told = (life: readonly LivedEvent[], field: string) =>
      new Set(life.flatMap(({ event }) => (event.payload && field in event.payload ? [event.payload[field]] : [])));
    for (const life of orders(many)) {
      const { porting_order_id } = (life[0] as LivedEvent).event;
      for (const field of ['customer_reference', 'support_key', 'webhook_url']) {
        expect(told(life, field).size).toBeLessThanOrEqual(1);
      }
      for (const field of ['id', 'porting_order_id']) {
        expect([...told(life, field)].every((id) => id === porting_order_id)).toBe(true);
      }
    }
  });

  it('give an order its support key when it is no longer a draft, if null may be sent', () => {
    const changes = lives({ seed: 1, from, orders: 300, days: 3, offSpec: true }).flatMap(({ event }) =>
      event.event_type === 'porting_order.status_changed' ? [event.payload as Record<string, unknown>] : [],
    );
    const isDraft = ({ status }: Record<string, unknown>) => (status as { value: string }).value === 'draft';
    expect(changes.filter(isDraft).every(({ support_key }) => support_key === null)).toBe(true);
    expect(changes.some((change) => !isDraft(change) && change.support_key !== null)).toBe(true);
  });

  it('have comments by customers, staff and the system, open and closed messaging, nothing after a deletion', () => {
    const payloads = many.map(({ event }) => event.payload as Record<string, Record<string, unknown>> | null);
    const authors = new Set(payloads.flatMap((payload) => payload?.comment?.user_type ?? []));
    expect(authors).toEqual(new Set(['user', 'admin', 'system']));
    const messaging = new Set(payloads.flatMap((payload) => payload?.messaging?.messaging_port_status ?? []));
    expect(messaging).toEqual(new Set(['pending', 'ported', 'partial_port_complete', 'exception']));
    for (const life of orders(many)) {
      const types = life.map(({ event }) => event.event_type);
      const deletion = types.indexOf('porting_order.deleted');
      if (deletion >= 0) expect(deletion).toBe(types.length - 1);
    }
  });

  it('show deletions in both documented forms, and events without a webhook', () => {
    const deletions = many
      .filter(({ event }) => event.event_type === 'porting_order.deleted')
      .map(({ event }) => event);
    expect(deletions.some(({ created_at }) => created_at === undefined)).toBe(true);
    expect(deletions.some(({ created_at }) => created_at !== undefined)).toBe(true);
    for (const type of ['porting_order.loa_updated', 'porting_order.sharing_token_expired']) {
      const silent = many.filter(({ event }) => event.event_type === type);
      expect(silent.length).toBeGreaterThan(50);
      expect(silent.every(({ event }) => event.payload === null && event.payload_status === 'completed')).toBe(true);
    }
  });

  it('keep to the specification unless `offSpec` is set', () => {
    const text = JSON.stringify(many.map(({ event }) => event.payload ?? {}));
    const offSpec = JSON.stringify(
      lives({ seed: 1, from, orders: 300, days: 3, offSpec: true }).map((life) => life.event),
    );
    for (const sign of ['activation-in-progress', 'LOA_ILLEGIBLE', '"customer_reference":null', '"user_id":null']) {
      expect(text).not.toContain(sign);
      expect(offSpec).toContain(sign);
    }
    for (const status of statuses) expect(text).toContain(`"value":"${status}"`);
  });
});
