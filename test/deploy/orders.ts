import { problemsOf } from '../bus/schemas.ts';
import { createdAtOf, differences, ordersIn, plainOrder } from '../simulation/plain-order.ts';
import type { Ledger } from './ledger.ts';
import { isEvent, type Subscriptions } from './published.ts';
import { type Rehearsal, record, type Shown } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import type { Tokens } from './secrets.ts';
import { exceptionWebhook, signed } from './telnyx.ts';

type State = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly events: { readonly total: number };
};

/** The orders with the most events: their timelines are compared. */
const TIMELINES = 5;

/** Each order is the fold of its events. */
export async function checkOrders(ledger: Ledger, tokens: Tokens, held: readonly Shown[]): Promise<void> {
  const events = held.map(record);
  const wanted = [...ordersIn(events)].sort();
  const listed = await readAll<State>(ledger, tokens, '/v2/orders');
  equal(`GET /v2/orders lists the ${wanted.length} orders of these events`, listed.map(({ id }) => id).sort(), wanted);
  const states: (readonly [string, State])[] = [];
  for (const id of wanted) {
    const { status, body } = await ledger.call('GET', `/v2/orders/${id}`, tokens.read);
    if (status !== 200) equal(`GET /v2/orders/${id}`, { status, body }, { status: 200 });
    states.push([id, (body as { data: State }).data]);
  }
  equal(
    'GET /v2/orders/{id} of each is the fold of its events',
    states.flatMap(([id, state]) => differences(plainOrder(id, events), state).map((name) => `${name} of ${id}`)),
    [],
  );

  const most = states.map(([, state]) => state).toSorted((a, b) => b.events.total - a.events.total);
  for (const { id, events: counted } of most.slice(0, TIMELINES)) {
    const timeline = await readAll<Shown>(ledger, tokens, `/v2/orders/${id}/events`);
    const own = events.filter((event) => event.porting_order_id === id).toSorted(byTime);
    equal(
      `GET /v2/orders/{id}/events of one: its ${counted.total} events, oldest first`,
      timeline.map((event) => event.id),
      own.map((event) => event.id),
    );
  }
}

/** An order that is refused is published at once as action_required, and listed until the customer acts. */
export async function checkException(
  { telnyx }: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  { everything, action }: Subscriptions,
): Promise<void> {
  const { id, orderId, body } = exceptionWebhook(telnyx);
  const { status } = await ledger.post(body, signed(telnyx.keys, body));
  equal('the webhook of an exception: 200', status, 200);
  for (const [name, { first }] of Object.entries({
    'what asks for action': action,
    'all that orders do': everything,
  })) {
    const found = await first(isEvent(`${id}:action_required`));
    equal(
      `the queue of ${name} has it as porting_order.action_required, as docs/events.md describes it`,
      found && [found['detail-type'], problemsOf(found), (found.detail.order as State).id],
      ['porting_order.action_required', [], orderId],
    );
  }
  const waiting = await readAll<State>(ledger, tokens, '/v2/orders?filter[action_required]=true');
  holds(
    'GET /v2/orders shows that the customer must act',
    waiting.some((order) => order.id === orderId),
    waiting,
  );
}

/** All rows of a list with a cursor. */
export async function readAll<Thing>(ledger: Ledger, tokens: Tokens, path: string): Promise<readonly Thing[]> {
  const things: Thing[] = [];
  for (let next: string | null | undefined; next !== null; ) {
    const separator = path.includes('?') ? '&' : '?';
    const after = next === undefined ? '' : `&page[after]=${encodeURIComponent(next)}`;
    const { status, body } = await ledger.call('GET', `${path}${separator}page[size]=50${after}`, tokens.read);
    if (status !== 200) equal(`GET ${path}`, { status, body }, { status: 200 });
    const page = body as { data: Thing[]; meta: { next: string | null } };
    things.push(...page.data);
    next = page.meta.next;
  }
  return things;
}

function byTime(a: Parameters<typeof createdAtOf>[0], b: Parameters<typeof createdAtOf>[0]): number {
  return `${createdAtOf(a)}#${a.id}` < `${createdAtOf(b)}#${b.id}` ? -1 : 1;
}
