import { randomUUID } from 'node:crypto';
import { mayArriveByWebhook } from '../../../functions/porting/event.ts';
import type { LedgerEvent, Status } from '../answers.ts';
import { type Api, segment } from '../api.ts';
import { LEDGER } from '../context.ts';
import { typeOf } from '../events-shown.ts';
import { EXIT, Failure } from '../failure.ts';
import { follow } from '../follow.ts';
import { agreed, canAsk } from '../questions.ts';
import type { Surroundings } from '../surroundings.ts';
import { distance } from '../text.ts';
import type { Mode } from './mode.ts';
import type { Told } from './report.ts';

const LOOKED_AT = 100;
const RECENTLY = 24 * 3_600_000;
const LOOK_EVERY = 2_000;
/** docs/telnyx.md §2: e-mails may take minutes; how long a webhook takes is not said. */
const COMES_WITHIN = 5 * 60_000;

const QUESTION =
  'To prove that webhooks arrive, Telnyx can be asked to send those of the newest event again.\n' +
  'Everyone who gets e-mails about your orders may get one again. Ask for it? [y/N] ';

/** Proves that webhooks arrive: by one that came within a day, or by republishing the newest event. */
export async function proveWayBack(
  { api, surroundings }: { readonly api: Api; readonly surroundings: Surroundings },
  { mode, yes }: { readonly mode: Mode; readonly yes?: boolean | undefined },
): Promise<Told> {
  const { clock } = surroundings;
  const { data: status } = await api.get<{ data: Status }>('/v2/status');
  const { data: events } = await api.get<{ data: LedgerEvent[] }>('/v2/porting/events', { 'page[size]': LOOKED_AT });
  const last = lastWebhook(status, events);
  if (last !== undefined && clock.now() - Date.parse(last) < RECENTLY) {
    return { outcome: 'already', words: `a webhook came ${distance(last, clock.now())}` };
  }
  // On a quiet day nothing is wrong.
  if (mode === 'check' && last !== undefined) {
    return { outcome: 'fine', words: `the last webhook came ${distance(last, clock.now())}` };
  }
  const event = events.find(canComeAgain);
  if (!event) return { outcome: 'left out', words: 'the ledger has no event whose webhook could be sent again' };
  if (mode === 'check') return { outcome: 'to do', words: 'no webhook has come so far: run setup to ask for one' };
  if (mode === 'dry-run')
    return { outcome: 'would do', words: 'offer to republish the newest event, which may send e-mails' };
  if (!yes && !canAsk(surroundings)) {
    return { outcome: 'left out', words: 'not asked for without a terminal: give --yes, which may send e-mails again' };
  }
  if (!yes && !(await agreed(surroundings, QUESTION))) {
    return { outcome: 'left out', words: 'the first webhook will show it' };
  }
  const path = `/v2/porting/events/${segment(event.id)}`;
  await api.post(`${path}/republish`, undefined, { idempotencyKey: randomUUID() });
  const askedAt = clock.now();
  const came = (now: LedgerEvent) => now.ledger.webhook_deliveries > event.ledger.webhook_deliveries;
  const seen = await follow<LedgerEvent>(
    { api, surroundings },
    {
      path,
      every: LOOK_EVERY,
      ended: (now) => came(now) || clock.now() - askedAt > COMES_WITHIN,
      step: () => ({ words: 'waiting for the webhook' }),
    },
  );
  if (!seen) throw new Failure(EXIT.interrupted, 'No longer waiting for the webhook.');
  if (came(seen)) {
    const seconds = Math.max(1, Math.round((clock.now() - askedAt) / 1000));
    return { outcome: 'done', words: `proved: the webhook of ${typeOf(event)} came back after ${seconds} s` };
  }
  const look = `${LEDGER} rejections, and ${LEDGER} deliveries`;
  return { outcome: 'failed', words: `no webhook came within 5 minutes: see ${look}` };
}

/** When the last webhook came. That of a republished event counts for the event, and not for the type of events. */
function lastWebhook({ channels }: Status, events: readonly LedgerEvent[]): string | undefined {
  const instants = [...channels.map(({ last_at }) => last_at), ...events.map(({ ledger }) => ledger.webhook_last_at)];
  return instants
    .filter((at) => at !== null)
    .sort()
    .at(-1);
}

function canComeAgain(event: LedgerEvent): boolean {
  const { event_type, payload_status, available_notification_methods: methods } = event;
  return mayArriveByWebhook(event_type) && payload_status === 'completed' && (methods?.includes('webhook') ?? true);
}
