import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import { readAll } from './orders.ts';
import { PATIENCE } from './patience.ts';
import { checkFailureTold, type Subscriptions } from './published.ts';
import { listAll, type Rehearsal, record, show } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import { payloadOf, scheduleNamed } from './schedules.ts';
import type { Tokens } from './secrets.ts';
import { lateEvent } from './telnyx.ts';

interface Run {
  readonly trigger: string;
  readonly status: string;
  readonly seen: number;
  readonly inserted: number;
}

/** Before there is a key, a run says what is missing. */
export async function checkRunsWithoutKey(
  { aws }: Rehearsal,
  ledger: Ledger,
  subscriptions: Subscriptions,
): Promise<void> {
  const every = await ledger.invoke('sync-events', await payloadOf(aws, 'sync'));
  equal(
    'the scheduled run fails in its result, and is not repeated',
    [every.functionError, every.result.status],
    [undefined, 'failed'],
  );
  holds('it says what to do', /put .*docs\/deploy\.md/.test(every.result.error ?? ''), every.result);
  await checkFailureTold(subscriptions, every.result.error);
  const nightly = await ledger.invoke('sync-events', await payloadOf(aws, 'nightly'));
  equal('the nightly run fails in its result, and is tried again', nightly.functionError, undefined);
  equal('/health says so', (await ledger.health()).body, {
    last_complete_sync_age_seconds: null,
    last_sync_status: 'failed',
  });
}

/** An event that the function fails three times is kept. */
export async function checkDeadLetter({ aws }: Rehearsal, ledger: Ledger): Promise<void> {
  const input = JSON.stringify({ days: 'seven' });
  // As Scheduler invokes it on AWS. MiniStack's Scheduler repeats nothing.
  await ledger.invokeAsynchronously('sync-events', input);
  const until = Date.now() + PATIENCE;
  let letters: readonly { readonly Body: string }[] = [];
  while (letters.length === 0 && Date.now() < until) {
    await sleep(500);
    const queue = { QueueUrl: ledger.deadLettersUrl };
    const answer = await aws.target('sqs', 'AmazonSQS.ReceiveMessage', queue);
    letters = (answer as { Messages?: { Body: string }[] }).Messages ?? [];
  }
  equal(
    'an event with which the function failed three times is in the dead-letter queue, with its input',
    letters.map(({ Body }) => JSON.parse(Body).requestPayload),
    [JSON.parse(input)],
  );
}

/** The first run with a key, which setup has begun, has listed everything. */
export async function checkFirstRun({ aws, telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const upstream = telnyx.api.events();
  const runs = await readAll<Run>(ledger, tokens, '/v2/sync-runs');
  // The nightly run of the step before was requested, and is complete too by now.
  const first = runs.findLast(({ trigger, status }) => trigger === 'schedule' && status === 'complete');
  equal(
    `it has stored all ${upstream.length} events of the Events API`,
    first && { seen: first.seen, inserted: first.inserted },
    { seen: upstream.length, inserted: upstream.length },
  );
  const { result } = await ledger.invoke('sync-events', await payloadOf(aws, 'sync'));
  equal("a run with the schedule's payload finds nothing new", [result.status, result.inserted], ['complete', 0]);
  const held = new Map((await listAll(ledger, tokens.read)).map((event) => [event.id, event]));
  equal(
    'each comes out of the ledger as Telnyx lists it',
    upstream.map(({ id }) => held.get(id)).map((event) => event && record(event)),
    upstream,
  );
  const { body } = await ledger.health();
  equal('/health says complete', (body as Record<string, unknown>).last_sync_status, 'complete');
}

/** The emulator's Scheduler fires the target of the deployed schedule once. */
export async function checkFiredRun(rehearsal: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { aws, telnyx } = rehearsal;
  const sync = await scheduleNamed(aws, 'sync');
  const late = lateEvent(0, 60);
  telnyx.api.put(late);
  await aws.rest('scheduler', 'POST', '/schedules/rehearsal', {
    ScheduleExpression: `at(${new Date().toISOString().slice(0, 19)})`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: sync.Target,
  });
  const until = Date.now() + PATIENCE;
  let shown = await show(ledger, tokens.read, late.id);
  while (shown.status === 404 && Date.now() < until) {
    await sleep(500);
    shown = await show(ledger, tokens.read, late.id);
  }
  equal(
    'an event that was listed late is in the ledger after Scheduler has fired the target of the sync schedule',
    shown.event && record(shown.event),
    late,
  );
}
