import { setTimeout as sleep } from 'node:timers/promises';
import type { BusEvent } from '../../infra/local/put-events.ts';
import { problemsOf } from '../bus/schemas.ts';
import { type Subscription, subscribeAsConstruct, subscribeWithCommands } from './bus.ts';
import type { Ledger } from './ledger.ts';
import { PATIENCE } from './patience.ts';
import { listAll, type Rehearsal, record, type Shown, show } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import type { Tokens } from './secrets.ts';

/** What the rule of docs/events.md puts into its queue for each documented webhook. */
export async function checkPublished(
  { telnyx }: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  { everything }: Subscriptions,
): Promise<void> {
  for (const { file, id, event_type } of telnyx.documented) {
    const found = await everything.first(isEvent(id));
    const { event } = await shownWhen(ledger, tokens, id, ({ ledger }) => ledger.published_at !== null);
    const order = found?.detail.order as { id: string; events: { by_type: Record<string, number> } } | null | undefined;
    equal(
      `${file}: on the queue as ${event_type}, as docs/events.md describes it, with its order after it, and marked`,
      [
        found && [found.source, found['detail-type'], problemsOf(found), found.detail.event],
        order && [order.id, (order.events.by_type[event_type] ?? 0) > 0],
        event && event.ledger.published_at !== null,
      ],
      [['port-in-ledger', event_type, [], event && record(event)], [event?.porting_order_id, true], true],
    );
  }
}

/** What is on the bus, as the two rules of docs/events.md see it. */
export interface Subscriptions {
  /** Everything about orders. */
  readonly everything: Subscription;
  /** Everything that asks for action. */
  readonly action: Subscription;
}

/** Both rules of docs/events.md, each with a queue. */
export async function subscribeAsDocumented(rehearsal: Rehearsal, ledger: Ledger): Promise<Subscriptions> {
  return {
    everything: await subscribeWithCommands(rehearsal, ledger),
    action: await subscribeAsConstruct(rehearsal, ledger, 'port-ins-to-act-on'),
  };
}

/** A failed sync run is published on the bus. */
export async function checkFailureTold({ action }: Subscriptions, error: string | undefined): Promise<void> {
  const found = await action.first((event) => event['detail-type'] === 'sync.failed');
  equal(
    'and the queue of what asks for action has it as sync.failed, as docs/events.md describes it',
    found && [problemsOf(found), (found.detail.run as { error: string }).error],
    [[], error],
  );
}

/** Every event that the ledger holds was on the queue. */
export async function checkNothingUntold(
  ledger: Ledger,
  tokens: Tokens,
  { everything }: Subscriptions,
): Promise<readonly Shown[]> {
  const held = await allPublished(ledger, tokens);
  const untold = async () => {
    const told = new Set(everything.events.map(({ detail }) => detail.id));
    return held.map(({ id }) => id).filter((id) => !told.has(id));
  };
  const until = Date.now() + PATIENCE;
  while ((await untold()).length > 0 && Date.now() < until) await sleep(250);
  equal(`each of the ${held.length} events of the ledger was on the queue`, await untold(), []);
  const wrong = everything.events.flatMap(problemsOf);
  equal(`all of the ${everything.events.length} messages are as docs/events.md describes them`, wrong, []);
  const contents = Map.groupBy(everything.events, ({ detail }) => `${detail.id}#${detail.revision}`);
  const several = [...contents.values()].filter((same) => same.length > 1);
  note(`${several.length} of them came more than once`);
  const different = several.filter((same) => new Set(same.map(({ detail }) => JSON.stringify(detail.event))).size > 1);
  equal(
    'the same id and revision are the same event',
    different.map(([one]) => one?.detail.id),
    [],
  );
  return held;
}

/** All events, once each is marked as published. */
async function allPublished(ledger: Ledger, tokens: Tokens): Promise<readonly Shown[]> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const held = await listAll(ledger, tokens.read);
    const unmarked = held.filter(({ ledger }) => ledger.published_at === null);
    if (unmarked.length > 0 && Date.now() < until) {
      await sleep(500);
      continue;
    }
    holds('each event is marked as published', unmarked.length === 0, unmarked);
    return held;
  }
}

/** One event as the ledger shows it, once it matches, or as it is when that takes too long. */
export async function shownWhen(
  ledger: Ledger,
  tokens: Tokens,
  id: string,
  is: (event: Shown) => boolean,
): Promise<{ status: number; event: Shown | undefined }> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const shown = await show(ledger, tokens.read, id);
    if ((shown.event && is(shown.event)) || Date.now() > until) return shown;
    await sleep(200);
  }
}

/** The message about the event itself, not its request for action. */
export function isEvent(id: string): (event: BusEvent) => boolean {
  return ({ detail }) => detail.id === id;
}
