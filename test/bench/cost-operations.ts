import { setTimeout as sleep } from 'node:timers/promises';
import { countDays } from '../../functions/ledger/counts/day-counts.ts';
import { learnChannel } from '../../functions/ledger/events/channels.ts';
import { getEvent, type ListFilter, listEvents } from '../../functions/ledger/events/event-list.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { readHeld } from '../../functions/ledger/events/record-listing.ts';
import { recordAttempt, recordOutcome } from '../../functions/ledger/events/republishes.ts';
import { takeSingleCall } from '../../functions/ledger/status/single-calls.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { findOverdue, findUnlisted } from '../../functions/publish-events/close-day.ts';
import { onceForKey } from '../../functions/republish-event/once.ts';
import { runScheduled } from '../../functions/sync-events/run.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { withoutPayload } from '../../infra/local/simulator/records.ts';
import {
  DAY,
  delivered,
  ids,
  type Ledger,
  MINUTE,
  mean,
  NOW,
  OFF,
  type Operation,
  open,
  perEvent,
  SAMPLE,
  sampleOf,
  seen,
} from './cost-sample.ts';
import { emptyPage, working } from './cost-work.ts';
import { eventsOf, seed } from './seed.ts';

const LARGEST_ANSWER = 5_500_000;

/** Measures every operation of the tables in docs/cost.md, each on a ledger of its own. */
export async function operations(endpoint: string): Promise<readonly Operation[]> {
  return [
    ...(await writing(endpoint)),
    ...(await working(endpoint)),
    ...(await reading(endpoint, '1,000 in a year', 1_000, 365.5)),
    ...(await reading(endpoint, '100,000 in a year', 100_000, 365.5)),
    ...(await reading(endpoint, '100,000 in 36.5 days', 100_000, 36.5)),
  ];
}

async function writing(endpoint: string): Promise<readonly Operation[]> {
  const events = sampleOf(3 * SAMPLE);
  const [told, listed, late] = [events.slice(0, SAMPLE), events.slice(SAMPLE, 2 * SAMPLE), events.slice(2 * SAMPLE)];
  return [
    ...(await byWebhookFirst(endpoint, told)),
    ...(await byListFirst(endpoint, listed)),
    ...(await ofADayThatIsOver(endpoint, late)),
    ...(await republishing(endpoint, told)),
    await quietRun(endpoint),
  ];
}

/** Each step starts from the state after the one before, with the stream's work in between, as when deployed. */
async function byWebhookFirst(endpoint: string, told: readonly PortingEvent[]): Promise<readonly Operation[]> {
  const { store, each, deliver, held, list, publish } = await open(endpoint);
  const publishOne = (event: PortingEvent) => publish([event]);
  const first = [
    await each('a webhook, first', told, (event) => deliver(event)),
    await each('an event published, all of its order being there', told, publishOne),
    await each('a webhook, again', told, (event) => deliver(event)),
  ];
  const before = await held(told);
  return [
    ...first,
    await each('a listed event whose webhook came first', told, (event) => list(event, before)),
    await each('a webhook, again, after the list', told, (event) => deliver(event)),
    perEvent(
      await each('an event that the sync looks up (known or not)', [told], (of) => readHeld(store, ids(of))),
      told.length,
    ),
    ...(await moved(endpoint, told)),
    ...(await completedLater(endpoint, told)),
    await together(endpoint, told),
    await each('that a type of webhook arrives is noted', told, (event) =>
      learnChannel(store, event.event_type, timestampOf(seen(event))),
    ),
  ];
}

/** When Telnyx dates the two differently, the index entries are replaced, and some orders are folded again. */
async function moved(endpoint: string, told: readonly PortingEvent[]): Promise<readonly Operation[]> {
  const { each, deliver, held, list, publish, marked } = await open(endpoint);
  for (const event of told) await deliver(event, OFF);
  for (const event of told) await publish([event]);
  const before = await held(told);
  const confirmed = await each('the same, when Telnyx dates the two differently', told, (event) => list(event, before));
  return [confirmed, await each('the same, folded again', await marked(told), (event) => publish([event]))];
}

async function completedLater(endpoint: string, told: readonly PortingEvent[]): Promise<readonly Operation[]> {
  const { each, deliver, held, list, publish } = await open(endpoint);
  for (const event of told) await deliver(event);
  for (const event of told) await publish([event]);
  const toldOnce = await held(told);
  for (const event of told) await list(withoutPayload(event), toldOnce);
  for (const event of told) await publish([event]);
  const before = await held(told);
  return [
    await each('a payload completed in the list, when its webhook came first', told, (event) => list(event, before)),
  ];
}

/** Twenty comments on one order, as a sync lists them. */
async function together(endpoint: string, told: readonly PortingEvent[]): Promise<Operation> {
  const { each, list, publish } = await open(endpoint);
  const one = told.find(({ event_type }) => event_type === 'porting_order.new_comment');
  if (!one) throw new Error('The sample has no comment.');
  const twenty = Array.from({ length: 20 }, (_, number) => ({
    ...one,
    id: `${one.id.slice(0, -2)}${10 + number}`,
    created_at: new Date(seen(one) + number * MINUTE).toISOString(),
  }));
  for (const event of twenty) await list(event);
  return perEvent(await each('an event published, 20 of an order together', [twenty], (of) => publish(of)), 20);
}

async function byListFirst(endpoint: string, listed: readonly PortingEvent[]): Promise<readonly Operation[]> {
  const { each, deliver, held, list, publish } = await open(endpoint);
  const [whole, early] = [listed.slice(0, listed.length / 2), listed.slice(listed.length / 2)];
  const fresh = [
    await each('a new event by sync (the write)', whole, (event) => list(event)),
    await each('a new event by sync, without its payload (the write)', early, (event) => list(withoutPayload(event))),
    // Two seconds after its listing, it still waits for its payload.
    await each('the same, folded, waiting for it', early, (event) => publish([event], seen(event) + MINUTE + 2_000)),
  ];
  const before = await held(early);
  const completed = await each('a listed event whose payload has been completed', early, (event) =>
    list(event, before),
  );
  for (const event of listed) await publish([event]);
  const late = await each('a webhook, first, after the list', listed, (event) => deliver(event));
  return [...fresh, completed, late];
}

async function ofADayThatIsOver(endpoint: string, late: readonly PortingEvent[]): Promise<readonly Operation[]> {
  const { store, each } = await open(endpoint);
  return [
    await each('a webhook, first, of a day that is over', late, (event) =>
      recordDelivery(store, delivered(event), seen(event) + 3 * DAY),
    ),
  ];
}

async function republishing(endpoint: string, told: readonly PortingEvent[]): Promise<readonly Operation[]> {
  const { store, each, deliver, held, list, publish } = await open(endpoint);
  for (const event of told) await deliver(event);
  const before = await held(told);
  for (const event of told) await list(event, before);
  for (const event of told) await publish([event]);
  return [
    await each('a republish', ids(told), (id) => republish(store, id)),
    await each('a republish with an Idempotency-Key', ids(told), (id) => republishOnce(store, id)),
    await each('a republish with that key again', ids(told), (id) => republishOnce(store, id)),
  ];
}

/** A scheduled run of an account in which nothing happens. */
function run({ store, bus }: Pick<Ledger, 'store' | 'bus'>, now: number) {
  return runScheduled(`${new Date(now).toISOString()}-0`, {
    store,
    bus,
    api: async () => ({ list: async () => emptyPage, republish: async () => {} }),
    clock: { now: () => now, sleep },
    requestsPerSecond: Number.POSITIVE_INFINITY,
    endsAt: now + 300_000,
  });
}

async function quietRun(endpoint: string): Promise<Operation> {
  const ledger = await open(endpoint);
  await run(ledger, NOW);
  return ledger.each('a sync run with nothing new', [1, 2, 3, 4], (number) => run(ledger, NOW + number * 5 * MINUTE));
}

async function reading(endpoint: string, called: string, events: number, days: number): Promise<readonly Operation[]> {
  const ledger = await open(endpoint);
  const { store, bus, each } = ledger;
  const account = { events, days, now: NOW };
  await seed(store, account);
  const noons = Array.from({ length: Math.ceil(days) + 1 }, (_, index) => NOW - (Math.ceil(days) - index) * DAY);
  const counted = await each('', [0], async () => {
    for (const noon of noons) await countDays(store, () => noon, Number.POSITIVE_INFINITY);
  });
  const pages: Operation[] = [];
  for (const [name, filter] of [
    ['all events', {}],
    ['one type', { type: 'porting_order.status_changed' }],
  ] as [string, ListFilter][]) {
    for (const size of [20, 250]) {
      const { total } = await listEvents(store, filter, { number: 1, size: 1 }, LARGEST_ANSWER);
      const last = Math.max(1, Math.floor(total / size));
      for (const [place, number] of [
        ['first', 1],
        ['middle', Math.ceil(last / 2)],
        ['last', last],
      ] as const) {
        const what = `${called}: ${name}, ${place} page of ${size}`;
        pages.push(await each(what, [number], () => listEvents(store, filter, { number, size }, LARGEST_ANSWER)));
      }
    }
  }
  const [{ id = '' } = {}] = eventsOf(account);
  // An event can be found to be unlisted only where a complete run has read the list.
  await run(ledger, NOW);
  const day = { store, bus, limits: new Map(), current: async () => 1, retainDays: undefined };
  return [
    ...pages,
    await each(`${called}: one event`, [id], () => getEvent(store, id)),
    { ...counted, what: `${called}: counting a day, once`, ...mean(counted, noons.length) },
    await each(`${called}: closing a day`, [NOW], async (now) => {
      await findUnlisted(day, now);
      await findOverdue(day, now);
    }),
  ];
}

async function republish(store: Store, id: string) {
  turns += 1;
  await takeSingleCall(store, NOW + turns * 1_000);
  const attempt = await recordAttempt(store, id, 'operate 0123abcd', NOW);
  await recordOutcome(store, attempt, 'sent');
  return { statusCode: 204 };
}

let requests = 0;
let turns = 0;
function republishOnce(store: Store, id: string) {
  requests += 1;
  const longestRequest = 30_000;
  const options = {
    store,
    key: `key of ${id}`,
    subject: id,
    requestId: `${requests}`,
    longestRequest,
    remaining: () => 29_000,
  };
  return onceForKey(options, async () => ({ answer: await republish(store, id), didNothing: false }));
}
