import { setTimeout as sleep } from 'node:timers/promises';
import { problemsOf } from '../bus/schemas.ts';
import { runDocumented } from './documented.ts';
import type { Ledger } from './ledger.ts';
import type { Losses } from './losses.ts';
import { readAll } from './orders.ts';
import { PATIENCE } from './patience.ts';
import { type Subscriptions, shownWhen } from './published.ts';
import { type Rehearsal, record, show } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import { payloadOf, withoutSchedule } from './schedules.ts';
import type { Tokens } from './secrets.ts';
import { lateEvent } from './telnyx.ts';

/** In seconds. */
const DAY = 24 * 3600;

/** A job or a run. */
interface Work {
  readonly id: string;
  readonly status: string;
  readonly started_at: string | null;
}

interface Job extends Work {
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
  const job = await withoutSchedule(aws, 'jobs', async () => {
    const started = await ledger.call('POST', jobs, tokens.operate, { body: { filter } });
    equal('a job: 202', [started.status, total(started.body)], [202, expected.length]);
    return ended<Job>(ledger, tokens, `${jobs}/${(started.body as { data: Job }).data.id}`);
  });
  const { id } = job;
  equal(
    'run-jobs, which only the stream has called, completes it',
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
export async function checkRequestedRun(rehearsal: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { aws, telnyx } = rehearsal;
  const late = lateEvent(1, 10 * DAY);
  telnyx.api.put(late);
  await ledger.invoke('sync-events', await payloadOf(aws, 'sync'));
  equal('the sync does not look for an event of 10 days ago', (await show(ledger, tokens.read, late.id)).status, 404);
  const at = Date.parse(late.created_at ?? '');
  const [from, to] = [at - 60_000, at + 60_000].map((time) => new Date(time).toISOString());
  const run = await withoutSchedule(aws, 'sync', async () => {
    const asked = await ledger.call('POST', '/v2/sync-runs', tokens.operate, { body: { from, to } });
    equal('a run over that time: 202', asked.status, 202);
    return ended<Work & { inserted: number }>(
      ledger,
      tokens,
      `/v2/sync-runs/${(asked.body as { data: Work }).data.id}`,
    );
  });
  const { id } = run;
  equal('sync-events, which only the stream has called, completes it', [run.status, run.inserted], ['complete', 1]);
  const { event } = await show(ledger, tokens.read, late.id);
  equal('the event is there', event && record(event), late);
  const runs = await readAll<{ id: string }>(ledger, tokens, '/v2/sync-runs');
  holds(
    'the list of runs has it',
    runs.some((one) => one.id === id),
    runs,
  );
  const older = lateEvent(2, 20 * DAY);
  telnyx.api.put(older);
  await runDocumented(rehearsal, 'printf \'{"days"');
  const until = Date.now() + PATIENCE;
  const found = async () => (await show(ledger, tokens.read, older.id)).status;
  while ((await found()) !== 200 && Date.now() < until) await sleep(200);
  equal('the command by hand of docs/operations.md brings an event of 20 days ago', await found(), 200);
}

/** Waits until requested work has ended, and says how soon it began. */
async function ended<Kind extends Work>(ledger: Ledger, tokens: Tokens, path: string): Promise<Kind> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const { body } = await ledger.call('GET', path, tokens.read);
    const work = (body as { data: Kind }).data;
    if (work.status !== 'complete' && Date.now() < until) {
      await sleep(200);
      continue;
    }
    // An id begins with the instant of the request.
    const waited = Date.parse(work.started_at ?? '') - Date.parse(work.id.slice(0, 24));
    note(`it began ${(waited / 1000).toFixed(1)} s after the request`);
    return work;
  }
}

function total(body: unknown): number | undefined {
  return (body as { data?: { total?: number } }).data?.total;
}
