import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionName } from '../../infra/service.ts';
import { problemsOf } from '../bus/schemas.ts';
import type { Ledger } from './ledger.ts';
import type { Losses } from './losses.ts';
import { readAll } from './orders.ts';
import { PATIENCE } from './patience.ts';
import { type Subscriptions, shownWhen } from './published.ts';
import { type Rehearsal, record, show } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import { payloadOf } from './schedules.ts';
import type { Tokens } from './secrets.ts';
import { lateEvent } from './telnyx.ts';

/** In seconds. */
const DAY = 24 * 3600;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Missed notifications are noticed, and one job asks for them again. */
export async function checkMissed(
  { aws, telnyx }: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  { missed, door }: Losses,
  { action }: Subscriptions,
): Promise<void> {
  const expected = missed.map(({ id }) => id).sort();
  // Without a grace time, an event listed before its webhook came may have been missed for a while.
  await ledger.invoke('publish-events', JSON.stringify({ sweep: { olderThanSeconds: 0 } }));
  const gaps = async (kind: string) =>
    (await readAll<{ id: string }>(ledger, tokens, `/v2/gaps?filter[kind]=${kind}`)).map(({ id }) => id);
  equal(
    `GET /v2/gaps has the ${expected.length} webhooks that were due and never came`,
    (await gaps('missed')).sort(),
    expected,
  );
  const told = await Promise.all(expected.map((id) => action.first(({ detail }) => detail.id === `${id}:missed`)));
  equal(
    'each is published as notification.missed',
    told.map((event) => event && problemsOf(event)),
    expected.map(() => []),
  );

  const jobs = '/v2/republish-jobs';
  const filter = { missed: true };
  const dry = await ledger.call('POST', jobs, tokens.operate, { body: { filter, dry_run: true } });
  const asked = telnyx.api.republished.length;
  equal('a dry run says how many they are', [dry.status, total(dry.body)], [200, expected.length]);
  door.letIn();
  const started = await ledger.call('POST', jobs, tokens.operate, { body: { filter } });
  equal('a job: 202', [started.status, total(started.body)], [202, expected.length]);
  const { id } = (started.body as { data: Job }).data;
  const job = await done<Job>(ledger, tokens, `${jobs}/${id}`, 'run-jobs', await payloadOf(aws, 'jobs'));
  equal(
    'run-jobs, with the payload of its schedule, completes it',
    [job.status, job.total, job.outcomes.sent],
    ['complete', expected.length, expected.length],
  );
  const again = telnyx.api.republished.slice(asked);
  equal('Telnyx was asked for each once', again.toSorted(), expected);
  const items = await readAll<{ event_id: string; outcome: string }>(ledger, tokens, `${jobs}/${id}/items`);
  equal(
    'and the job says so',
    items.map(({ event_id, outcome }) => [event_id, outcome]).toSorted(),
    expected.map((one) => [one, 'sent']),
  );
  const listed = await readAll<Job>(ledger, tokens, jobs);
  equal(
    'the list of jobs has it',
    listed.map((one) => [one.id, one.status]),
    [[id, 'complete']],
  );
  const cancelled = await ledger.call('POST', `${jobs}/${id}/cancel`, tokens.operate);
  equal(
    'it can no longer be cancelled',
    [cancelled.status, (cancelled.body as { data: Job }).data.status],
    [200, 'complete'],
  );

  await telnyx.simulator.pause();
  holds(
    'the webhooks that Telnyx then sent arrived',
    expected.every((one) => door.answered.get(one)?.includes(200)),
    expected,
  );
  for (const one of expected) await shownWhen(ledger, tokens, one, ({ ledger }) => ledger.recovered_at !== null);
  equal('no webhook is missing now', await gaps('missed'), []);
  const recovered = new Set(await gaps('recovered'));
  equal(
    'all of them are recovered',
    expected.filter((one) => !recovered.has(one)),
    [],
  );
}

/** Telnyx's own log of webhooks that it gave up, beside what the ledger holds. */
export async function checkDeliveryLog(ledger: Ledger, tokens: Tokens, { door }: Losses): Promise<void> {
  const { status, body } = await ledger.call('GET', '/v2/webhook-deliveries/failed?page[size]=250', tokens.read);
  const { data, meta } = body as { data: { event_id: string; in_ledger: boolean }[]; meta: { available: boolean } };
  const refused = data.filter(({ event_id }) => event_id === door.refused());
  equal('GET /v2/webhook-deliveries/failed: Telnyx has a log', [status, meta.available], [200, true]);
  holds(
    'the webhook that was refused each time is in it, and its event in the ledger all the same',
    refused.length > 0 && refused.every(({ in_ledger }) => in_ledger),
    data,
  );
}

/** A requested run lists a time span that the schedule no longer covers. */
export async function checkRequestedRun({ aws, telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const late = lateEvent(1, 10 * DAY);
  telnyx.api.put(late);
  await ledger.invoke('sync-events', await payloadOf(aws, 'sync'));
  equal('the sync does not look for an event of 10 days ago', (await show(ledger, tokens.read, late.id)).status, 404);
  const at = Date.parse(late.created_at ?? '');
  const [from, to] = [at - 60_000, at + 60_000].map((time) => new Date(time).toISOString());
  const asked = await ledger.call('POST', '/v2/sync-runs', tokens.operate, { body: { from, to } });
  const { id } = (asked.body as { data: { id: string } }).data;
  equal('a run over that time: 202', asked.status, 202);
  const payload = await payloadOf(aws, 'backfills');
  const run = await done<{ status: string; inserted: number }>(
    ledger,
    tokens,
    `/v2/sync-runs/${id}`,
    'sync-events',
    payload,
  );
  equal('sync-events, with the payload of its schedule, completes it', [run.status, run.inserted], ['complete', 1]);
  const { event } = await show(ledger, tokens.read, late.id);
  equal('the event is there', event && record(event), late);
  const runs = await readAll<{ id: string }>(ledger, tokens, '/v2/sync-runs');
  holds(
    'the list of runs has it',
    runs.some((one) => one.id === id),
    runs,
  );
}

/** Waits for requested work, and invokes the function that does it. MiniStack's own Scheduler may be first. */
async function done<Work extends { readonly status: string }>(
  ledger: Ledger,
  tokens: Tokens,
  path: string,
  worker: FunctionName,
  payload: string,
): Promise<Work> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    await ledger.invoke(worker, payload);
    const { body } = await ledger.call('GET', path, tokens.read);
    const work = (body as { data: Work }).data;
    if (work.status === 'complete' || Date.now() > until) return work;
    await sleep(1_000);
  }
}

function total(body: unknown): number | undefined {
  return (body as { data?: { total?: number } }).data?.total;
}
