import type { OrderState } from '../../functions/porting/order.ts';
import type { Answer, Asked, Script } from './front.ts';

/** Answers that a simulated account does not bring about, made of the ledger's own. */

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly meta: object;
}

export const REFUSED: Answer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer' },
  body: { errors: [{ code: '10009', title: 'Authentication failed', detail: 'Send a token of this ledger.' }] },
};

export const UNAVAILABLE: Answer = {
  status: 503,
  headers: { 'retry-after': '30' },
  body: {
    errors: [{ code: '10007', title: 'Unexpected error', detail: 'The ledger cannot be read. Try again soon.' }],
  },
};

/** The gateway's own, above the rate that was set at deployment. */
export const TOO_MANY: Answer = { status: 429, body: { message: 'Too Many Requests' } };

export const always =
  (answer: Answer | 'cut'): Script =>
  () =>
    answer;

/** The ledger's answer with something else in `data`. */
export const withData =
  <Data>(change: (data: Data, asked: Asked) => unknown): Script =>
  async (asked, real) => {
    const answer = await real();
    if (answer.status !== 200) return answer;
    const body = answer.body as { readonly data: Data };
    return { ...answer, body: { ...body, data: change(body.data, asked) } };
  };

/** Lists this many orders, in pages, made of one that the ledger has. */
export function manyOrders(count: number, sample: OrderState): Script {
  return ({ query }) => {
    const size = Number(query.get('page[size]') ?? 20);
    const begin = Number(query.get('page[after]')?.slice(1) ?? 0);
    const data = Array.from({ length: Math.min(size, count - begin) }, (_, index) => numbered(sample, begin + index));
    const next = begin + size < count ? `n${begin + size}` : null;
    return { status: 200, body: { data, meta: { page_size: size, next } } };
  };
}

export function referenceOf(number: number): string {
  return `port-${String(number).padStart(5, '0')}`;
}

function numbered(order: OrderState, number: number): OrderState {
  const id = `${order.id.slice(0, -12)}${String(number).padStart(12, '0')}`;
  return { ...order, id, customer_reference: referenceOf(number) };
}

interface Status {
  readonly findings: unknown;
  readonly sync: { readonly last_runs: readonly object[] };
}

/** The status while the first sync is under way, at the end of June of a list that began in January. */
export const duringFirstSync = withData<Status>((status) => ({
  ...status,
  findings: [],
  sync: {
    ...status.sync,
    last_complete_at: null,
    last_status: null,
    complete_through: '2026-06-30T00:00:00.000000Z',
    cursor_lag_seconds: 12_700_000,
    running: true,
    last_runs: status.sync.last_runs.slice(0, 1).map((run) => ({
      ...run,
      status: 'running',
      from: '2026-01-01T00:00:00.000000Z',
      complete_through: '2026-06-30T00:00:00.000000Z',
      error: null,
    })),
  },
}));

/** Before the first complete sync. */
export const NEVER_SYNCED: Answer = {
  status: 200,
  body: { last_complete_sync_age_seconds: null, last_sync_status: 'none' },
};
