import { setTimeout as sleep } from 'node:timers/promises';
import { SETTLE } from '../../functions/porting/window.ts';
import type { PortingEvent } from '../../infra/local/simulator/events-api.ts';
import { webhookCount } from '../../infra/local/simulator/webhook-body.ts';
import { createdAtOf } from '../simulation/plain-order.ts';
import { type Door, openDoor } from './door.ts';
import type { Invocation, Ledger } from './ledger.ts';
import { checkNothingUntold, type Subscriptions } from './published.ts';
import type { Rehearsal, Shown } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import { payloadOf } from './schedules.ts';
import type { Tokens } from './secrets.ts';

/** How long the account lives, before and after a run of the sync. */
const LIVES_FOR = 6_000;
/** Another run may have the lease. */
const SYNCED_WITHIN = 30_000;

/** What became of webhooks that got lost, doubled and out of order. */
export interface Losses {
  readonly door: Door;
  /** What the ledger holds. */
  readonly held: readonly Shown[];
  /** Listed events whose webhook never came, although it was due. */
  readonly missed: readonly PortingEvent[];
}

/** The account lives for a while. Then what Telnyx lists, what the ledger holds and what was published are compared. */
export async function checkLosses(
  { aws, telnyx }: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  subscriptions: Subscriptions,
): Promise<Losses> {
  const { simulator, api, documented, others } = telnyx;
  const before = new Set(api.events().map(({ id }) => id));
  const door = await openDoor(ledger, tokens.read);
  simulator.sendWebhooksTo(door.url);
  simulator.resume();
  await sleep(LIVES_FOR);
  const early = await synced(ledger, await payloadOf(aws, 'sync'));
  await sleep(LIVES_FOR);
  await simulator.pause();
  // The list's last seconds are left to the next run.
  await sleep(SETTLE);
  const late = await synced(ledger, await payloadOf(aws, 'sync'));
  equal('two runs of the sync are complete', [early.result.status, late.result.status], ['complete', 'complete']);

  const listed = api.events();
  const fresh = listed.filter(({ id }) => !before.has(id));
  const freshIds = new Set(fresh.map(({ id }) => id));
  const sent = simulator.deliveries.filter(({ outcome }) => outcome !== 'lost').length;
  note(`${fresh.length} new events, ${sent} webhooks, ${simulator.deliveries.length - sent} more were lost`);
  equal('whatever was answered with 200 was in the ledger at that moment', door.notHeld, []);
  const held = await checkNothingUntold(ledger, tokens, subscriptions);
  const heldIds = new Set(held.map(({ id }) => id));
  const known = new Set([...[...listed, ...documented].map(({ id }) => id), ...others]);
  const lost = listed.filter(({ id }) => !heldIds.has(id));
  const unexpected = held.filter(({ id }) => !known.has(id));
  const recovered = held.filter(({ id, ledger }) => freshIds.has(id) && ledger.webhook_deliveries === 0);
  const doubled = held.filter(({ id, ledger }) => door.answered.has(id) && ledger.webhook_deliveries > 1);
  const published = new Set(subscriptions.everything.events.map(({ detail }) => detail.id));
  note(`listed ${listed.length}, held ${held.length}, published ${held.filter(({ id }) => published.has(id)).length}:`);
  note(
    `lost ${lost.length}, unexpected ${unexpected.length}, recovered ${recovered.length}, duplicated ${doubled.length}`,
  );
  equal('nothing is lost', lost, []);
  equal('nothing is unexpected', unexpected, []);
  const recoveredIds = new Set(recovered.map(({ id }) => id));
  const never = fresh.filter(({ id }) => !door.answered.has(id));
  equal(
    'what came by no webhook is there all the same',
    never.filter(({ id }) => !recoveredIds.has(id)),
    [],
  );
  const miscounted = held.filter(({ id, ledger }) => {
    const answers = door.answered.get(id) ?? [];
    // One that took too long was answered with a 5xx, and may have been written down a moment later.
    const least = answers.filter((status) => status === 200).length;
    return answers.length > 0 && (ledger.webhook_deliveries < least || ledger.webhook_deliveries > answers.length);
  });
  equal('each webhook that was answered with 200 is counted', miscounted, []);
  holds('there were losses and duplicates', recovered.length > 1 && doubled.length > 0, { recovered, doubled });
  return {
    door,
    held,
    missed: await due(
      ledger,
      tokens,
      fresh.filter(({ id }) => recoveredIds.has(id)),
    ),
  };
}

/** Those of which a webhook should have come: their type is known to arrive since before they were created. */
async function due(ledger: Ledger, tokens: Tokens, events: readonly PortingEvent[]): Promise<readonly PortingEvent[]> {
  const { body } = await ledger.call('GET', '/v2/status', tokens.read);
  const { channels } = (body as { data: { channels: { event_type: string; first_at: string }[] } }).data;
  const since = new Map(channels.map(({ event_type, first_at }) => [event_type, first_at]));
  return events.filter(
    (event) => webhookCount(event) > 0 && (since.get(event.event_type) ?? '9') <= createdAtOf(event),
  );
}

async function synced(ledger: Ledger, payload: string): Promise<Invocation> {
  const until = Date.now() + SYNCED_WITHIN;
  let run = await ledger.invoke('sync-events', payload);
  while (run.result.status !== 'complete' && Date.now() < until) {
    await sleep(1_000);
    run = await ledger.invoke('sync-events', payload);
  }
  return run;
}
