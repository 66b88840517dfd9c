import { Option } from 'commander';
import type { Order } from '../answers.ts';
import type { Query } from '../api.ts';
import { type AddCommands, type Context, DEFAULT_LIMIT, LIMIT } from '../context.ts';
import { CSV, printCsv } from '../csv.ts';
import { EXIT } from '../failure.ts';
import { showList } from '../listing.ts';
import { orderColumns } from '../orders-shown.ts';
import { readList } from '../pages.ts';
import { sayUnknownStatuses } from '../unknown-words.ts';

interface OrdersOptions {
  readonly status?: string;
  readonly needsYou?: true;
  readonly porting?: true;
  readonly search?: string;
  readonly actionRequired?: true;
  readonly reference?: string;
  readonly all?: true;
  readonly limit?: number;
  readonly csv?: true;
}

const DAY = 24 * 3_600_000;
/** As many days as the summary counts. */
const PORTING_DAYS = 14;

export const addOrders: AddCommands = (program, run) => {
  program
    .command('orders')
    .description('the orders, those that changed last first')
    .addOption(
      new Option('--needs-you', 'only those that need you, the soonest deadline first').conflicts([
        ...['porting', 'search', 'status', 'actionRequired', 'reference'],
      ]),
    )
    .addOption(
      new Option('--porting', `only those with a FOC date within ${PORTING_DAYS} days, the soonest first`).conflicts([
        ...['search', 'reference'],
      ]),
    )
    .addOption(
      new Option('--search <text>', 'only with an id, reference or support key that begins so, in any case').conflicts(
        'reference',
      ),
    )
    .option('--status <list>', 'only in these statuses, comma-separated: exception,submitted')
    .option('--action-required', 'only those that Telnyx refused')
    .option('--reference <text>', 'only with exactly this customer reference')
    .option('--all', 'all of them')
    .option(...LIMIT)
    .addOption(new Option(...CSV).conflicts('limit'))
    .action((options: OrdersOptions) => run((context) => orders(context, options)));
};

async function orders(context: Context, options: OrdersOptions) {
  const query = queryOf(options, context.surroundings.clock.now());
  if (options.csv) return printCsv(context, '/v2/orders', query);
  const limit = options.limit ?? (options.all ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
  const listed = await readList<Order>(context.api, '/v2/orders', query, limit);
  const found = new Set(listed.data.map(({ status }) => status?.value));
  const missing = options.status?.split(',').filter((status) => !found.has(status)) ?? [];
  await sayUnknownStatuses(context, missing);
  showList(context, listed, orderColumns(context.screen), {
    none: noneOf(options),
    more: `There are more than these ${limit}. Ask with --limit or --all.`,
  });
  return EXIT.fine;
}

function noneOf({ needsYou, porting, status, actionRequired }: OrdersOptions): string {
  if (needsYou) return 'No order needs you.';
  const isAll = status === undefined && !actionRequired;
  return porting && isAll ? `No order has a FOC date within ${PORTING_DAYS} days.` : 'No such orders.';
}

function queryOf({ status, actionRequired, reference, search, needsYou, porting }: OrdersOptions, now: number): Query {
  const today = now - (now % DAY);
  const lastInstant = new Date(today + PORTING_DAYS * DAY - 1).toISOString();
  return {
    'filter[status]': status,
    'filter[action_required]': actionRequired && 'true',
    'filter[customer_reference]': reference,
    'filter[q]': search,
    ...(needsYou && { 'filter[needs]': 'you', sort: 'act_by' }),
    ...(porting && { 'filter[foc][gte]': new Date(today).toISOString(), 'filter[foc][lte]': lastInstant, sort: 'foc' }),
  };
}
