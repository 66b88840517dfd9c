import { membersOf } from '../../../functions/porting/event.ts';
import { folded, namesOf } from '../../../functions/porting/order-names.ts';
import type { LedgerEvent, Order } from '../answers.ts';
import { segment } from '../api.ts';
import type { AddCommands, Context } from '../context.ts';
import { CSV, printCsv } from '../csv.ts';
import { authorOf, eventColumns, paintStatus, reasonsOf } from '../events-shown.ts';
import { EXIT, Failure } from '../failure.ts';
import { differenceWords, dutyWords, focWords, numbersWords, orderColumns } from '../orders-shown.ts';
import { readList } from '../pages.ts';
import { counted, distance, instant, shown } from '../text.ts';

export const addOrder: AddCommands = (program, run) => {
  program
    .command('order')
    .description('an order: its state, who must act until when, and what happened')
    .argument('<order>', 'its id, customer reference or support key, or the beginning of one of the last two')
    .option(...CSV)
    .action((name: string, { csv }: { csv?: true }) => run((context) => order(context, name, csv)));
};

async function order(context: Context, name: string, csv?: true) {
  const { api, screen } = context;
  const data = await oneOrder(context, name);
  const path = `/v2/orders/${segment(data.id)}/events`;
  if (csv) return printCsv(context, path);
  const { data: events } = await readList<LedgerEvent>(api, path, { sort: 'created_at' });
  if (screen.json) {
    screen.document({ data, events });
    return EXIT.fine;
  }
  const { details } = data;
  screen.fields([
    ['order', data.id],
    ['status', statusWords(data), (text) => paintStatus(screen, text)],
    ['', reasonsOf(data.status).join('\n')],
    ['at Telnyx', differenceWords(data)],
    ['must act', dutyWords(data)],
    ['FOC date', focWords(data)],
    ['numbers', numbersWords(data)],
    ['overdue', data.overdue_since && `since ${instant(data.overdue_since)} UTC`],
    ['reference', data.customer_reference ?? details?.customer_reference],
    ['support key', data.support_key ?? details?.support_key],
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

/** As many matches are listed. */
const MOST_SHOWN = 20;

/** The only order that the text finds, or the only one that has exactly this name. Equal names come first. */
async function oneOrder({ api, screen }: Context, name: string): Promise<Order> {
  const { data, meta } = await readList<Order>(api, '/v2/orders', { 'filter[q]': name }, MOST_SHOWN);
  const [found, ...others] = data;
  const text = `"${shown(name)}"`;
  if (found === undefined) {
    throw new Failure(EXIT.notFound, `No order has the id ${text}, or a reference or support key that begins so.`);
  }
  const [equal, ...more] = data.filter((one) => namesOf(one).includes(folded(name)));
  if (equal && more.length === 0) return equal;
  if (others.length === 0) return found;
  if (!screen.json) screen.table(orderColumns(screen), data);
  const many = meta.more ? `More than ${MOST_SHOWN}` : data.length;
  const ids = screen.json ? `: ${data.map(({ id }) => shown(id)).join(', ')}` : '.';
  throw new Failure(EXIT.bad, `${many} orders are called ${text}, or begin so. Give more of the name, or the id${ids}`);
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
