import { setTimeout as sleep } from 'node:timers/promises';
import { SETTLE } from '../../functions/porting/window.ts';
import type { PortingEvent } from '../../infra/local/simulator/events-api.ts';
import type { Simulator } from '../../infra/local/simulator/simulator.ts';
import { webhookCount } from '../../infra/local/simulator/webhook-body.ts';
import { createdAtOf } from '../simulation/plain-order.ts';
import { type Door, openDoor } from './door.ts';
import type { Invocation, Ledger } from './ledger.ts';
import { PATIENCE } from './patience.ts';
import { checkNothingUntold, type Subscriptions } from './published.ts';
import type { Rehearsal, Shown } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import { payloadOf } from './schedules.ts';
import type { Tokens } from './secrets.ts';

/**
 * The number of webhooks that the account sends before and after a run of the sync, and the least that get lost in
 * each.
 */
const SENT = 25;
const LOST = 5;

/** What became of webhooks that were lost, doubled and out of order. */
export interface Losses {
  readonly door: Door;
  /** What the ledger holds. */
  readonly held: readonly Shown[];
  /** Listed events whose webhook never came, although it was due. */
  readonly missed: readonly PortingEvent[];
}

/** Lets the account live for a while. Then compares what Telnyx lists, what the ledger holds and what was published. */
export async function checkLosses(
  rehearsal: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  subscriptions: Subscriptions,
): Promise<Losses> {
  const { api, documented, others } = rehearsal.telnyx;
  const before = idsOf(api.events());
  const door = await live(rehearsal, ledger, tokens);
  const held = await checkNothingUntold(ledger, tokens, subscriptions);

  const listed = api.events();
  const fresh = listed.filter(({ id }) => !before.has(id));
  const [freshIds, heldIds] = [idsOf(fresh), idsOf(held)];
  const known = new Set([...idsOf(listed), ...idsOf(documented), ...others]);
  const lost = listed.filter(({ id }) => !heldIds.has(id));
  const unexpected = held.filter(({ id }) => !known.has(id));
  const recovered = held.filter(({ id, ledger }) => freshIds.has(id) && ledger.webhook_deliveries === 0);
  const several = held.filter(({ id, ledger }) => door.answered.has(id) && ledger.webhook_deliveries > 1);
  const times = timesPublished(subscriptions);
  const [published, twice] = [0, 1].map((more) => held.filter(({ id }) => (times.get(id) ?? 0) > more).length);
  note(`${fresh.length} events were new, ${several.length} of them came by more than one webhook`);
  note(`listed ${listed.length}, held ${held.length}, published ${published}:`);
  note(`lost ${lost.length}, unexpected ${unexpected.length}, recovered ${recovered.length}, duplicated ${twice}`);
  equal('nothing is lost', lost, []);
  equal('nothing is unexpected', unexpected, []);
  const recoveredIds = idsOf(recovered);
  const never = fresh.filter(({ id }) => !door.answered.has(id));
  const elsewhere = never.filter(({ id }) => !recoveredIds.has(id));
  equal('the sync brought the events whose webhooks never came', elsewhere, []);
  const miscounted = held.filter(({ id, ledger }) => {
    const answers = door.answered.get(id) ?? [];
    // A webhook that took too long was answered with a 5xx, and may have been stored a moment later.
    const least = answers.filter((status) => status === 200).length;
    return answers.length > 0 && (ledger.webhook_deliveries < least || ledger.webhook_deliveries > answers.length);
  });
  equal('each webhook that was answered with 200 is counted', miscounted, []);
  holds('there were losses and duplicates', recovered.length > 1 && several.length > 0, { recovered, several });
  const missed = fresh.filter(({ id }) => recoveredIds.has(id));
  return { door, held, missed: await due(ledger, tokens, missed) };
}

/** Lets the account live, with one run of the sync in the meantime and one when it is at rest. */
async function live({ aws, telnyx: { simulator } }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<Door> {
  const sync = await payloadOf(aws, 'sync');
  const door = await openDoor(ledger, tokens.read);
  simulator.sendWebhooksTo(door.url);
  simulator.resume();
  await lived(simulator);
  const early = await synced(ledger, sync);
  await lived(simulator);
  await simulator.pause();
  // Leaves the list's last seconds to the next run.
  await sleep(SETTLE);
  const late = await synced(ledger, sync);
  equal('two runs of the sync are complete', [early.result.status, late.result.status], ['complete', 'complete']);
  const sent = simulator.deliveries.filter(({ outcome }) => outcome !== 'lost').length;
  note(`${sent} webhooks were sent, ${simulator.deliveries.length - sent} more got lost`);
  equal('every webhook answered with 200 was in the ledger at that moment', door.notHeld, []);
  return door;
}

/** Waits until the account has sent and lost enough webhooks from now on. */
async function lived({ deliveries }: Simulator): Promise<void> {
  const from = deliveries.length;
  const lost = () => deliveries.slice(from).filter(({ outcome }) => outcome === 'lost').length;
  const until = Date.now() + PATIENCE;
  while ((lost() < LOST || deliveries.length - from < SENT + LOST) && Date.now() < until) await sleep(100);
}

function idsOf(events: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(events.map(({ id }) => id));
}

/** How often each event itself came: its highest count for one revision. Events that ask for action are left out. */
function timesPublished({ everything }: Subscriptions): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const same = Map.groupBy(everything.events, ({ detail }) => `${detail.id}#${detail.revision}`);
  for (const [one, ...more] of same.values()) {
    const id = one?.detail.id as string;
    times.set(id, Math.max(times.get(id) ?? 0, 1 + more.length));
  }
  return times;
}

/** Events whose webhook was due: their type was known to arrive before they were created. */
async function due(ledger: Ledger, tokens: Tokens, events: readonly PortingEvent[]): Promise<readonly PortingEvent[]> {
  const { body } = await ledger.call('GET', '/v2/status', tokens.read);
  const { channels } = (body as { data: { channels: { event_type: string; first_at: string }[] } }).data;
  const since = new Map(channels.map(({ event_type, first_at }) => [event_type, first_at]));
  return events.filter(
    (event) => webhookCount(event) > 0 && (since.get(event.event_type) ?? '9') <= createdAtOf(event),
  );
}

async function synced(ledger: Ledger, payload: string): Promise<Invocation> {
  const until = Date.now() + PATIENCE;
  let run = await ledger.invoke('sync-events', payload);
  while (run.result.status !== 'complete' && Date.now() < until) {
    await sleep(1_000);
    run = await ledger.invoke('sync-events', payload);
  }
  return run;
}
