import { membersOf } from '../../../functions/porting/event.ts';
import { actorWords } from '../../../functions/porting/event-words.ts';
import type { LedgerEvent, Order } from '../answers.ts';
import { type Api, segment } from '../api.ts';
import { type AddCommands, type Context, DEFAULT_LIMIT, LIMIT } from '../context.ts';
import { authorOf, eventColumns, paintStatus, reasonsOf } from '../events-shown.ts';
import { EXIT, Failure } from '../failure.ts';
import { showList } from '../listing.ts';
import { readList } from '../pages.ts';
import type { Screen } from '../screen.ts';
import type { Column } from '../table.ts';
import { counted, distance, instant, shown } from '../text.ts';
import { sayUnknownStatuses } from '../unknown-words.ts';

interface OrdersOptions {
  readonly status?: string;
  readonly needsYou?: true;
  readonly actionRequired?: true;
  readonly reference?: string;
  readonly all?: true;
  readonly limit?: number;
}

export const addOrders: AddCommands = (program, run) => {
  program
    .command('orders')
    .description('the orders, those that changed last first')
    .option('--needs-you', 'only those that need you, the soonest deadline first')
    .option('--status <list>', 'only in these statuses, comma-separated: exception,submitted')
    .option('--action-required', 'only those that Telnyx refused')
    .option('--reference <text>', 'only with exactly this customer reference')
    .option('--all', 'all of them')
    .option(...LIMIT)
    .action((options: OrdersOptions) => run((context) => orders(context, options)));
  program
    .command('order')
    .description('an order: its state, who must act until when, and what happened')
    .argument('<id>', 'porting order, or its customer reference')
    .action((id: string) => run((context) => order(context, id)));
};

async function orders(context: Context, options: OrdersOptions) {
  const limit = options.limit ?? (options.all ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
  const query = {
    'filter[status]': options.status,
    'filter[action_required]': options.actionRequired && 'true',
    'filter[customer_reference]': options.reference,
    ...(options.needsYou && { 'filter[needs]': 'you', sort: 'act_by' }),
  };
  const listed = await readList<Order>(context.api, '/v2/orders', query, limit);
  const found = new Set(listed.data.map(({ status }) => status?.value));
  const missing = options.status?.split(',').filter((status) => !found.has(status)) ?? [];
  await sayUnknownStatuses(context, missing);
  showList(context, listed, columns(context.screen), {
    none: options.needsYou ? 'No order needs you.' : 'No such orders.',
    more: `There are more than these ${limit}. Ask with --limit or --all.`,
  });
  return EXIT.fine;
}

function columns(screen: Screen): Column<Order>[] {
  return [
    { head: 'order', of: ({ id }) => id, id: true },
    { head: 'status', of: statusOf, least: 12, enough: 18, paint: (text) => paintStatus(screen, text) },
    {
      head: 'must act',
      of: ({ acts }) => shown(actorWords(acts)),
      least: 8,
      paint: (text, { action_required }) => screen.paint(action_required ? 'yellow' : undefined, text),
    },
    { head: 'until', of: ({ act_by }) => instant(act_by).slice(0, 10) },
    { head: 'reference', of: ({ customer_reference }) => customer_reference, least: 10, enough: 16 },
    { head: 'changed (UTC)', of: ({ changed_at }) => instant(changed_at).slice(0, 16), spare: true },
  ];
}

function statusOf({ status, overdue_since }: Order): string {
  return `${status?.value ?? 'not known'}${overdue_since ? ', overdue' : ''}`;
}

async function order({ api, screen }: Context, idOrReference: string) {
  const data = await oneOrder(api, idOrReference);
  const path = `/v2/orders/${segment(data.id)}`;
  const { data: events } = await readList<LedgerEvent>(api, `${path}/events`, { sort: 'created_at' });
  if (screen.json) {
    screen.document({ data, events });
    return EXIT.fine;
  }
  screen.fields([
    ['order', data.id],
    ['status', statusWords(data), (text) => paintStatus(screen, text)],
    ['', reasonsOf(data.status).join('\n')],
    [
      'must act',
      data.act_by
        ? `${shown(actorWords(data.acts))} until ${instant(data.act_by)} UTC, ${distance(data.act_by)}`
        : shown(actorWords(data.acts)),
    ],
    ['overdue', data.overdue_since && `since ${instant(data.overdue_since)} UTC`],
    ['reference', data.customer_reference],
    ['support key', data.support_key],
    ['messaging', data.messaging?.messaging_port_status],
    ['split from', data.split_from.join(' ')],
    ['split into', data.split_into.join(' ')],
    ['last comment', lastComment(data, events)],
  ]);
  screen.print();
  screen.print(screen.paint('dim', counted(events.length, 'event')));
  if (events.length > 0) screen.table(eventColumns(screen, false), events);
  return EXIT.fine;
}

/** The API's code for a text that is no id. */
const NO_ID = '10006';

async function oneOrder(api: Api, idOrReference: string): Promise<Order> {
  try {
    return (await api.get<{ data: Order }>(`/v2/orders/${segment(idOrReference)}`)).data;
  } catch (error) {
    if (!(error instanceof Failure) || error.errors[0]?.code !== NO_ID) throw error;
  }
  const { data } = await readList<Order>(api, '/v2/orders', { 'filter[customer_reference]': idOrReference });
  const [found, ...others] = data;
  const name = `"${shown(idOrReference)}"`;
  if (found === undefined) throw new Failure(EXIT.notFound, `No order has the id or the customer reference ${name}.`);
  if (others.length === 0) return found;
  const ids = data.map(({ id }) => shown(id)).join(', ');
  throw new Failure(EXIT.bad, `${data.length} orders have the customer reference ${name}. Give an id: ${ids}`);
}

/** When the last comment came and who wrote it, then its text, if its event is still kept. */
function lastComment({ last_comment: last }: Order, events: readonly LedgerEvent[]): string | null {
  if (last === null) return null;
  const { payload } = events.find(({ id }) => id === last.event_id) ?? {};
  const { body } = membersOf(membersOf(payload).comment);
  const words = `${instant(last.at)} UTC, by ${authorOf(last.by)}`;
  return typeof body === 'string' ? `${words}:\n${body}` : words;
}

function statusWords(order: Order): string {
  const since = order.status_since ? ` since ${instant(order.status_since)} UTC, ${distance(order.status_since)}` : '';
  return `${order.status?.value ?? 'not known'}${since}${order.action_required ? '; action required' : ''}`;
}
