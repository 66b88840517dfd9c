import { membersOf } from '../../../functions/porting/event.ts';
import type { LedgerEvent } from '../answers.ts';
import { segment } from '../api.ts';
import type { AddCommands, Context } from '../context.ts';
import { authorOf, cameBy, paintStatus, reasonsOf, saysOf } from '../events-shown.ts';
import { EXIT } from '../failure.ts';
import type { Field } from '../fields.ts';
import type { Screen } from '../screen.ts';
import { counted, distance, instant, shown } from '../text.ts';

export const addEvent: AddCommands = (program, run) => {
  program
    .command('event')
    .description('an event: all that it says, who wrote it, and how it came')
    .argument('<id>', 'event')
    .action((id: string) => run((context) => showEvent(context, id)));
};

async function showEvent({ api, screen }: Context, id: string) {
  const { data } = await api.get<{ data: LedgerEvent }>(`/v2/porting/events/${segment(id)}`);
  if (screen.json) screen.document({ data });
  else screen.fields(fieldsOf(data, screen));
  return EXIT.fine;
}

function fieldsOf(event: LedgerEvent, screen: Screen): Field[] {
  const { ledger } = event;
  const { status, comment, customer_reference, support_key } = membersOf(event.payload);
  const { id: commentId, body, user_type, user_id } = membersOf(comment);
  const utc = (at: unknown) => (at ? `${instant(at)} UTC` : '');
  const times = ledger.republish_count;
  return [
    ['event', event.id],
    ['type', event.event_type],
    ['time', event.created_at && `${utc(event.created_at)}, ${distance(event.created_at)}`],
    body === undefined ? ['says', saysOf(event), (text) => paintStatus(screen, text)] : ['says', body],
    ['', reasonsOf(status).join('\n')],
    ['written by', [authorOf(user_type), user_id && `user ${shown(user_id)}`].filter(Boolean).join(', ')],
    ['order', event.porting_order_id],
    ['reference', customer_reference],
    ['support key', support_key],
    ['comment', commentId],
    ['came by', cameBy(event)],
    ['first seen', utc(ledger.first_seen_at)],
    ['listed', utc(ledger.listed_at)],
    ['missed', utc(ledger.missed_at)],
    ['recovered', utc(ledger.recovered_at)],
    ['republished', times > 0 ? `${counted(times, 'time')}, the last ${utc(ledger.republish_last_at)}` : ''],
    ['published', utc(ledger.published_at)],
  ];
}
