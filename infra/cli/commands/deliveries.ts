import type { Delivery } from '../answers.ts';
import {
  type AddCommands,
  type Context,
  DEFAULT_LIMIT,
  FROM,
  LIMIT,
  refuseBackwards,
  type Selection,
  TO,
  TYPE,
} from '../context.ts';
import { typeOf } from '../events-shown.ts';
import { EXIT } from '../failure.ts';
import { moreThan, showList } from '../listing.ts';
import { readNumbered } from '../pages.ts';
import type { Column } from '../table.ts';
import { instant, shown } from '../text.ts';
import { sayUnknownTypes } from '../unknown-words.ts';

interface DeliveriesOptions extends Omit<Selection, 'order'> {
  readonly limit?: number;
}

export const addDeliveries: AddCommands = (program, run) => {
  const command = program
    .command('deliveries')
    .description("Telnyx's own log of the webhooks that it could not deliver, and whether the ledger has the event")
    .option(...TYPE)
    .option(...FROM)
    .option(...TO)
    .option(...LIMIT)
    .action((options: DeliveriesOptions) => {
      refuseBackwards(command, options);
      return run((context) => deliveries(context, options));
    });
};

const COLUMNS: readonly Column<Delivery>[] = [
  { head: 'began (UTC)', of: ({ started_at }) => instant(started_at) },
  { head: 'type', of: typeOf, least: 8, enough: 21 },
  { head: 'why', of: whyOf, least: 20, enough: 40 },
  { head: 'attempts', of: ({ attempts }) => attempts.length, right: true, spare: true },
  { head: 'the ledger', of: holdingOf },
  { head: 'order', of: ({ porting_order_id }) => porting_order_id, id: true, spare: true },
  { head: 'event', of: ({ event_id }) => event_id, id: true, spare: true },
];

/** What happened at the last attempt, which Telnyx lists first. */
function whyOf({ attempts: [last] }: Delivery): string {
  if (last === undefined) return '';
  const meanings = last.error_codes.map(({ code, meaning }) => meaning ?? `code ${code}`);
  const answered = last.status === null ? '' : `answered ${last.status}`;
  return [...new Set(meanings)].join(', ') || answered;
}

function holdingOf({ in_ledger, webhook_arrived }: Delivery): string {
  if (webhook_arrived) return 'got it later';
  return in_ledger ? 'has it by list' : 'lacks it';
}

/** No member of Telnyx's log is certain, the id included. */
const keyOf = (delivery: Delivery) => JSON.stringify(delivery);

async function deliveries(context: Context, { type, from, to, limit = DEFAULT_LIMIT }: DeliveriesOptions) {
  const query = { 'filter[type]': type, 'filter[started_at][gte]': from, 'filter[started_at][lte]': to };
  const listed = await readNumbered<Delivery>(context.api, '/v2/webhook-deliveries/failed', query, limit, keyOf);
  if (listed.data.length === 0) await sayUnknownTypes(context, [type]);
  const { available, reason, total_results } = listed.meta;
  const none = available === false ? shown(reason) : 'Telnyx knows of no webhook that it could not deliver.';
  showList(context, listed, COLUMNS, { none, more: moreThan(limit, total_results) });
  return EXIT.fine;
}
