import { describe } from 'vitest';
import type { BusEvent } from '../../functions/bus/entries.ts';
import { type Packed, pack, unpack } from '../../functions/ledger/orders/order-packing.ts';
import type { OrdersApi } from '../../functions/telnyx/orders-api.ts';
import type { PortingOrder } from '../../infra/local/simulator/porting-order.ts';
import { busy, giving, onWrites, testBreakages } from './breakages.ts';
import { assignedTo, type Input } from './dynamodb.ts';
import type { Plan } from './plan.ts';
import type { Breakage } from './simulation.ts';

const derived = /action_required|comment_from_telnyx|draft_expiring|overdue|foc/;

const DAY = 24 * 3_600_000;

const withDrafts = (plan: Plan): Plan => ({ ...busy(plan), drafts: 8, questions: 1 });

const withDates = (plan: Plan): Plan => ({
  ...busy(plan),
  readsOrders: true,
  dates: { orders: 8, moved: 1, speed: 40, lag: 0 },
});

const readInPieces = (plan: Plan): Plan => ({
  ...busy(plan),
  settled: 12,
  questions: 1,
  list: { ...plan.list, pageSize: 3 },
  stream: { lost: 0, again: 0, batch: 1 },
});

/** Changes what reaches the bus; `undefined` drops an event that the bus seems to accept. */
function onBus(type: RegExp, change: (detail: BusEvent['detail']) => BusEvent['detail'] | undefined): Breakage {
  const changed = (event: BusEvent) => {
    const detail = type.test(event.type) ? change(event.detail) : event.detail;
    return detail ? [{ ...event, detail }] : [];
  };
  return { bus: (bus) => ({ put: (busEvents) => bus.put(busEvents.flatMap(changed)) }) };
}

/** Changes how an order is asked for. */
function asked(change: (api: OrdersApi) => OrdersApi['show']): Breakage {
  return { orders: (api) => ({ ...api, show: change(api) }), plan: (plan) => ({ ...busy(plan), readsOrders: true }) };
}

describe('the oracle notices, of orders and of what people are told:', () => {
  testBreakages([
    [
      'a refusal told while pages are still being read',
      'I11: action_required: was superseded',
      { decidesAtOnce: true, plan: readInPieces },
    ],
    [
      'a question told while pages are still being read',
      'I11: comment_from_telnyx: was superseded',
      { decidesAtOnce: true, plan: readInPieces },
    ],
    [
      'a draft told before its last days',
      'I11: draft_expiring',
      { draftsAt: (now) => now + 3 * DAY, plan: withDrafts },
    ],
    [
      'a draft told after its last day',
      'I12: porting_order.draft',
      { draftsAt: (now) => now - 6 * DAY, plan: withDrafts },
    ],
    ['a second id for one thing', 'I13: another id', onBus(derived, (detail) => ({ ...detail, id: `${detail.id}/2` }))],
    [
      'a question told, and another one noted',
      'I13: published again',
      { ...onWrites('orders', (input) => forgetful(input, 'comment_told')), plan: withDrafts },
    ],
    ['a refusal that is not told', 'told: the refusal', onBus(/action_required/, () => undefined)],
    ['a question that is not told', 'told: the question', onBus(/comment_from_telnyx/, () => undefined)],
    [
      'a draft that is not told',
      'told: the expiring draft',
      { ...onBus(/draft_expiring/, () => undefined), plan: withDrafts },
    ],
    ['names that are written for another order', 'search', onWrites('control', (input) => misnamed(input))],
    [
      'a second id for one FOC date',
      'I13: porting_order.foc_set: another id',
      { ...onBus(/foc/, (detail) => ({ ...detail, id: `${detail.id}/2` })), plan: withDates },
    ],
    [
      'a FOC date told, and another one noted',
      'I13: porting_order.foc',
      { ...onWrites('orders', (input) => forgetful(input, 'foc_told')), plan: withDates },
    ],
    [
      'a reading that loses what was folded',
      'I7',
      onWrites('orders', (input, { name }) => (isSync(name) ? repacked(input, { facts: [] }) : input)),
    ],
    [
      'a fold that loses what was read',
      'I14: was never read',
      onWrites('orders', (input, { name }) => (isSync(name) ? input : repacked(input, { reading: undefined }))),
    ],
    ['an order that is asked for once', 'I14: foc', { ...asked(rememberedShow()), plan: withDates }],
    [
      'a difference of status that is noted as another one',
      'I14: is',
      {
        ...onWrites('control', (input) => disagreeing(input)),
        plan: (plan) => ({
          ...busy(plan),
          webhooks: { ...plan.webhooks, losses: 0.7, neverListed: 0.4, sameIds: true },
        }),
      },
    ],
    [
      'orders asked for too fast',
      'I9: more than',
      asked((api) => async (...given) => {
        const answers = await Promise.all(Array.from({ length: 3 }, () => api.show(...given)));
        return answers[0] as (typeof answers)[0];
      }),
    ],
    [
      'a private member in the place of another',
      'I15',
      asked((api) => async (...given) => {
        const { record, ...rest } = await api.show(...given);
        return { ...rest, record: { ...(record as PortingOrder), customer_reference: personIn(record) } };
      }),
    ],
    [
      'a private member in the log',
      'I15',
      asked((api) => async (...given) => {
        const answer = await api.show(...given);
        process.stdout.write(`${JSON.stringify({ person: personIn(answer.record) })}\n`);
        return answer;
      }),
    ],
  ]);
});

/** A mark that names something else. */
function forgetful(input: Input, mark: string): Input {
  const value = assignedTo(input, mark);
  return value ? giving(input, value, { S: 'another' }) : input;
}

function isSync(name: string): boolean {
  return name.startsWith('sync-events');
}

/** An order's row with other facts, or another reading, and the same keys. */
function repacked(input: Input, change: Partial<Packed>): Input {
  const packed = input.Item?.facts?.B;
  return packed ? { ...input, Item: { ...input.Item, facts: { B: pack({ ...unpack(packed), ...change }) } } } : input;
}

/** Answers each question about an order as it was answered the first time. */
function rememberedShow(): (api: OrdersApi) => OrdersApi['show'] {
  const answers = new Map<string, ReturnType<OrdersApi['show']>>();
  return (api) =>
    async (id, ...rest) => {
      const answer = answers.get(id) ?? api.show(id, ...rest);
      answers.set(id, Promise.resolve(await answer));
      return answer;
    };
}

function disagreeing(input: Input): Input {
  if (input.Item?.kind?.S !== 'order-disagrees') return input;
  return { ...input, Item: { ...input.Item, telnyx: { S: 'another-status' } } };
}

function personIn(record: unknown): string {
  return (record as PortingOrder).end_user.admin.auth_person_name;
}

function misnamed(input: Input): Input {
  const { Item } = input;
  if (Item?.kind?.S !== 'order-name') return input;
  return { ...input, Item: { ...Item, id: { S: `${Item.id?.S}f` } } };
}
