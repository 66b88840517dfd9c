import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { addNames } from '../../functions/ledger/orders/order-names.ts';
import type { HeldFact } from '../../functions/ledger/orders/order-packing.ts';
import { rowOf, stateOf } from '../../functions/ledger/orders/order-row.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { attributesOf, type Row } from '../../functions/ledger/table/values.ts';
import type { OrderDetails } from '../../functions/porting/order-details.ts';
import { namesOf } from '../../functions/porting/order-names.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { createRandom } from '../../infra/local/simulator/random.ts';

const DAY = 24 * 3_600_000;
const YEAR = 365;

/** An order's row, and the rows of its names. */
export interface OrderRows {
  readonly order: Row;
  readonly names: readonly Row[];
}

/** What happens to an order, and on which of its days. */
type Happening = readonly [day: number, status: string];

const USUAL: readonly Happening[] = [
  [0, 'draft'],
  [0.5, 'in-process'],
  [1, 'submitted'],
  [6, 'foc-date-confirmed'],
  [14, 'ported'],
];
const REFUSED: readonly Happening[] = [
  ...USUAL.slice(0, 3),
  [2, 'exception'],
  [5, 'submitted'],
  [9, 'foc-date-confirmed'],
  [17, 'ported'],
];
const CANCELLED: readonly Happening[] = [...USUAL.slice(0, 3), [4, 'cancel-pending'], [5, 'cancelled']];
const FORGOTTEN: readonly Happening[] = [
  [0, 'draft'],
  [30, 'deleted'],
];

/**
 * The orders of an account that had as many on each day of the last year. Six in ten go well; two are refused once, one
 * is cancelled, one is forgotten as a draft. In one of four Telnyx writes a comment on its fourth day, and no one
 * answers.
 *
 * @param now milliseconds since 1970
 */
export function* ordersOf(many: number, now: number): Generator<OrderRows> {
  const random = createRandom('orders of a year');
  for (let number = 0; number < many; number += 1) {
    const begin = now - (YEAR * DAY * (number + 0.5)) / many;
    const kind = number % 10;
    const life = kind < 6 ? USUAL : kind < 8 ? REFUSED : kind < 9 ? CANCELLED : FORGOTTEN;
    const id = random.uuid();
    const names = { reference: `port-${number}`, supportKey: `sr_${number.toString(16).padStart(6, '0')}` };
    const seen = life.filter(([day]) => begin + day * DAY <= now);
    const facts: HeldFact[] = seen.map(([day, value]) => ({
      ...factOf(random.uuid(), begin + day * DAY),
      type: 'porting_order.status_changed',
      status: { value, details: value === 'exception' ? [{ code: 'FOC_REJECTED' }] : [] },
      ...names,
    }));
    if (number % 4 === 0 && begin + 4 * DAY <= now) {
      const comment = { type: 'porting_order.new_comment', comment: { by: 'admin' } };
      facts.push({ ...factOf(random.uuid(), begin + 4 * DAY), ...comment });
    }
    const state = stateOf(id, facts);
    const [portsOn] = life.find(([, status]) => status === 'ported') ?? [];
    const isDated = seen.some(([, status]) => status === 'foc-date-confirmed');
    const foc = portsOn !== undefined && isDated ? timestampOf(begin + portsOn * DAY) : null;
    const details: OrderDetails = { foc, numberCount: 1 + (number % 30), numberType: 'local', ...names };
    const reading = { details, readAt: timestampOf(now) };
    const held = { id, facts, state, reading, told: {}, overdueSince: undefined, version: 1 };
    yield { order: attributesOf(rowOf(held, now)), names: namesRows(id, namesOf({ ...state, details: null })) };
  }
}

function factOf(id: string, at: number) {
  return { id, at: timestampOf(at), v: `1#1#${timestampOf(at)}`, listed: true, webhook: true };
}

/** The rows that the fold writes, taken from its own requests. */
function namesRows(id: string, names: readonly string[]): readonly Row[] {
  const rows: Row[] = [];
  const send = async ({ input }: { input: PutItemCommandInput }) => {
    rows.push(input.Item ?? {});
    return {};
  };
  void addNames({ client: { send } } as unknown as OrderStore, id, names, 1);
  return rows;
}
