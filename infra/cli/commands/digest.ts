import { InvalidArgumentError } from 'commander';
import { OPEN_STATUSES, TERMINAL } from '../../../functions/porting/acts.ts';
import { DIGEST_DAYS, digestMessage, type Morning } from '../../../functions/porting/digest.ts';
import { isMonday } from '../../../functions/porting/local-day.ts';
import { textOfMessage } from '../../../functions/porting/message.ts';
import { isNearPresent } from '../../../functions/porting/near-present.ts';
import { readTimezone } from '../../../functions/porting/settings.ts';
import { millisecondsOf, type Timestamp, timestampOf } from '../../../functions/porting/timestamp.ts';
import type { Order, ShownSummary, Status } from '../answers.ts';
import type { Api, Query } from '../api.ts';
import type { AddCommands, Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { readList } from '../pages.ts';

const DAY = 24 * 3_600_000;
/** Between two runs of a deployed ledger. Here only whether the ledger knows the present depends on it. */
const INTERVAL = 5 * 60_000;

export const addDigest: AddCommands = (program, run) => {
  program
    .command('digest')
    .description("this morning's message to the porting team: what needs you, what ports, what ended")
    .option('--timezone <name>', "names days and times as there, and not in the ledger's own time zone", timezone)
    .action(({ timezone }: { readonly timezone?: string }) => run((context) => digest(context, timezone)));
};

async function digest({ api, screen, surroundings }: Context, given: string | undefined) {
  const zone = given ?? (await api.get<{ data: ShownSummary }>('/v2/orders/summary')).data.timezone;
  const now = surroundings.clock.now();
  // The API does not say when the last digest was sent: usually on the last working morning.
  const since = timestampOf(now - (isMonday(now, zone) ? 3 : 1) * DAY);
  const message = digestMessage(await readMorning(api, since, now), { now, zone });
  if (screen.json) screen.document({ data: message });
  else screen.print(textOfMessage(message));
  return EXIT.fine;
}

async function readMorning(api: Api, since: Timestamp, now: number): Promise<Morning> {
  const { data: status } = await api.get<{ data: Status }>('/v2/status');
  const { complete_through: through } = status.sync;
  const list = async (query: Query) => (await readList<Order>(api, '/v2/orders', query)).data;
  const [needing, dated, overdue, changed] = await Promise.all([
    list({ 'filter[needs]': 'you', sort: 'act_by' }),
    list({
      'filter[foc][gte]': timestampOf(now - DAY),
      'filter[foc][lte]': timestampOf(now + (DIGEST_DAYS + 1) * DAY),
      sort: 'foc',
    }),
    readOverdue(api, status.overdue_orders),
    readUntil(
      api,
      { 'filter[status]': TERMINAL.join(','), sort: '-changed_at' },
      (orders) => (orders.at(-1)?.changed_at ?? '') < since,
    ),
  ]);
  return {
    current: isNearPresent(through === null ? undefined : millisecondsOf(through), INTERVAL, now),
    completeThrough: through ?? undefined,
    needing,
    dated,
    overdue,
    ended: changed.filter(({ status_since }) => status_since !== null && status_since > since),
  };
}

/** The API has no filter for them, but they are among those that changed longest ago. */
async function readOverdue(api: Api, count: number): Promise<readonly Order[]> {
  if (count === 0) return [];
  const areOverdue = (orders: readonly Order[]) => orders.filter(({ overdue_since }) => overdue_since !== null);
  const query = { 'filter[status]': OPEN_STATUSES.join(','), sort: 'changed_at' };
  return areOverdue(await readUntil(api, query, (orders) => areOverdue(orders).length >= count));
}

/** The first orders of a list: four times as many each time, until there are enough. */
async function readUntil(
  api: Api,
  query: Query,
  isEnough: (orders: readonly Order[]) => boolean,
): Promise<readonly Order[]> {
  for (let limit = 100; ; limit *= 4) {
    const { data, meta } = await readList<Order>(api, '/v2/orders', query, limit);
    if (!meta.more || isEnough(data)) return data;
  }
}

function timezone(text: string): string {
  try {
    return readTimezone(text);
  } catch (error) {
    throw new InvalidArgumentError(`It ${(error as Error).message}.`);
  }
}
