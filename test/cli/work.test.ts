import { describe, expect, it } from 'vitest';
import { begin, run, settingsFor } from './run.ts';
import { event, eventId, JOB, job, syncRun } from './samples.ts';
import { type Answer, cursorPages, problem, stubLedger } from './stub-ledger.ts';

const JOBS = '/v2/republish-jobs';
const THIS_JOB = `GET ${JOBS}/${JOB}`;
const answers = (...rows: unknown[]): Answer[] => rows.map((data) => ({ body: { data } }));
const found = (total: number) => ({
  dry_run: true,
  total,
  by_type: total ? { 'porting_order.split': total } : {},
  first: Array.from({ length: Math.min(total, 100) }, (_, index) => event(index)),
});

/** Dry runs find 4 events, and the job accepts what it is asked for. */
const startJob = ({ body }: { body: unknown }): Answer =>
  (body as { dry_run?: true }).dry_run
    ? { body: { data: found(4) } }
    : { status: 202, body: { data: job('pending', 0) } };

describe('republish of one event', () => {
  it('asks once, with a key', async () => {
    const ledger = await stubLedger({ 'POST /v2/porting/events/e1/republish': { status: 204 } });
    expect(await run(ledger, 'republish', 'e1')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^sent: .*e1/),
    });
    const json = await run(ledger, 'republish', 'e1', '--key', 'my key', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ data: { id: 'e1', outcome: 'sent', idempotency_key: 'my key' } });
    const keys = ledger.asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), 'my key']);
    expect(ledger.asked.map(({ body }) => body)).toEqual([undefined, undefined]);
  });

  it('asks again with the same key when the answer is lost', async () => {
    const ledger = await stubLedger({ 'POST /v2/porting/events/e1/republish': ['cut', { status: 204 }] });
    expect((await run(ledger, 'republish', 'e1')).code).toBe(0);
    const [first, second] = ledger.asked.map(({ headers }) => headers['idempotency-key']);
    expect(first).toBeTruthy();
    expect(second).toBe(first);
  });

  it('does not ask again when Telnyx may have sent it, or for an answer that stays the same', async () => {
    const lost = problem(504, '10007', 'It may have been sent.', { 'x-should-retry': 'false' });
    const replayed = problem(429, '10011', 'Telnyx takes no more.', {
      'idempotent-replayed': 'true',
      'retry-after': '1',
    });
    const ledger = await stubLedger({
      'POST /v2/porting/events/e1/republish': lost,
      'POST /v2/porting/events/e2/republish': replayed,
    });
    expect((await run(ledger, 'republish', 'e1')).code).toBe(1);
    expect((await run(ledger, 'republish', 'e2')).code).toBe(1);
    expect(ledger.asked).toHaveLength(2);
  });

  it('changes nothing with --dry-run', async () => {
    const ledger = await stubLedger({ [`POST ${JOBS}`]: { body: { data: found(1) } } });
    expect((await run(ledger, 'republish', 'e1', '--dry-run')).code).toBe(0);
    expect(ledger.asked[0]?.body).toEqual({ ids: ['e1'], dry_run: true });
    expect(ledger.asked.slice(1).every(({ method }) => method === 'GET')).toBe(true);
  });
});

describe('republish of what was missed', () => {
  const selection = ['--missed', '--from', '2026-11-20', '--to', '2026-11-21', '--type', 'split', '--order', 'o1'];
  const filter = {
    missed: true,
    type: 'porting_order.split',
    porting_order_id: 'o1',
    from: '2026-11-20T00:00:00Z',
    to: '2026-11-21T23:59:59.999999Z',
  };

  it('shows with --dry-run how many of each type, and the first 100', async () => {
    const ledger = await stubLedger({
      [`POST ${JOBS}`]: { body: { data: found(120) } },
      [`GET /v2/porting/events/${eventId(7)}`]: { body: { data: event(7) } },
    });
    const { code, stdout, stderr } = await run(ledger, 'republish', ...selection, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^120 events would be republished\n +120 {2}porting_order\.split$/m);
    expect(stdout).toContain(eventId(99));
    expect(stdout).toMatch(/ status_changed +submitted +0\S+7 +dcec/m);
    expect(stderr).toBe('These are the first 100.\n');
    expect(ledger.asked.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
      { filter, dry_run: true },
    ]);
    const json = await run(ledger, 'republish', ...selection, '--dry-run', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ data: found(120) });
  });

  it('begins a job once, even if the answer is lost, and follows it to its end', async () => {
    let lost = false;
    const ledger = await stubLedger({
      [`POST ${JOBS}`]: (asked) => {
        if ((asked.body as { dry_run?: true }).dry_run || lost) return startJob(asked);
        lost = true;
        return 'cut';
      },
      [THIS_JOB]: answers(job('pending', 0), job('running', 2), job('complete', 4)),
    });
    const { code, stdout, stderr } = await run(ledger, 'republish', ...selection, '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ data: job('complete', 4) });
    expect(stderr).toMatch(/^job \S+: 4 events\n0% {2}pending: 0 of 4, 0 sent\n$/);
    const begun = ledger.asked.filter(({ method }) => method === 'POST').slice(1);
    expect(begun.map(({ body }) => body)).toEqual([{ filter }, { filter }]);
    expect(begun[1]?.headers['idempotency-key']).toBe(begun[0]?.headers['idempotency-key']);
    expect(begun[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is done when nothing was missed', async () => {
    const nothing = problem(422, '10027', 'No event is selected.');
    const ledger = await stubLedger({ [`POST ${JOBS}`]: nothing });
    expect(await run(ledger, 'republish', '--missed', '--from', '24h', '--yes')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Nothing was missed.\n',
    });
    expect(ledger.asked).toHaveLength(1);
    const dry = await run(ledger, 'republish', '--missed', '--from', '24h', '--dry-run');
    expect(dry.stdout).toBe('0 events would be republished\n');
    const json = await run(ledger, 'republish', '--missed', '--from', '24h', '--dry-run', '--json');
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual({ data: found(0) });
  });

  it.each([
    ['an item failed', job('complete', 4, { sent: 3, failed: 1 }), '4 of 4, 3 sent, 1 failed'],
    ['the outcome of an item is unknown', job('complete', 4, { sent: 3, unknown: 1 }), '4 of 4, 3 sent, 1 unknown'],
    ['the job was cancelled', job('cancelled', 1), 'cancelled: 1 of 4, 1 sent'],
  ])('ends with 1 when %s', async (_, ended, words) => {
    const ledger = await stubLedger({ [`POST ${JOBS}`]: startJob, [THIS_JOB]: answers(ended) });
    const { code, stdout } = await run(ledger, 'republish', ...selection, '--yes');
    expect(code).toBe(1);
    expect(stdout).toContain(words);
  });
});

describe('watching a job', () => {
  it('continues when the ledger does not answer for a while', async () => {
    const busy = problem(503, '10007', 'Not now.');
    const [running, complete] = answers(job('running', 1), job('complete', 4)) as [Answer, Answer];
    const ledger = await stubLedger({ [THIS_JOB]: [running, busy, 'cut', complete] });
    const { ended, pauses } = begin(['job', JOB, '--watch'], settingsFor(ledger));
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toContain('Not now. (503); still trying\n');
    expect(stderr).toMatch(/cannot be reached: .*; still trying\n/);
    expect(pauses).toEqual([1_000, 1_000, 1_000]);
  });

  it('gives up when the ledger has not answered for 5 minutes', async () => {
    const busy = problem(503, '10007', 'Not now.', { 'retry-after': '45' });
    const [running] = answers(job('running', 1)) as [Answer];
    const ledger = await stubLedger({ [THIS_JOB]: [running, busy] });
    const { ended, pauses } = begin(['job', JOB, '--watch'], settingsFor(ledger));
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/still trying\nNot now\. \(503\)\n$/) });
    // Whatever delay the ledger asks for: a user is watching.
    expect(pauses).toEqual([1_000, ...Array.from({ length: 10 }, () => 30_000)]);
  });

  it('prints the progress every 10 s where there is no bar', async () => {
    const steps = Array.from({ length: 25 }, (_, index) => job('running', Math.floor(index / 10)));
    const ledger = await stubLedger({ [THIS_JOB]: answers(...steps, job('complete', 4)) });
    const { stderr } = await run(ledger, 'job', JOB, '--watch');
    expect(stderr).toBe([0, 1, 2].map((done) => `${25 * done}%  running: ${done} of 4, ${done} sent\n`).join(''));
  });

  it('ends when the ledger refuses', async () => {
    const ledger = await stubLedger({ [THIS_JOB]: problem(404, '10005', 'There is no such job.') });
    expect(await run(ledger, 'job', JOB, '--watch')).toEqual({
      code: 4,
      stdout: '',
      stderr: 'There is no such job. (404)\n',
    });
  });

  it('is optional: a job is shown as it is, with the outcome of each event', async () => {
    const items = [{ event_id: eventId(1), outcome: 'failed', at: '2026-11-20T10:00:01Z' }];
    const failed = job('running', 1, { sent: 0, failed: 1 });
    const ledger = await stubLedger({
      [THIS_JOB]: answers(failed),
      [`${THIS_JOB}/items`]: cursorPages(items),
    });
    const plain = await run(ledger, 'job', JOB, '--items');
    expect(plain.code).toBe(1);
    expect(plain.stdout).toMatch(new RegExp(`^${eventId(1)} +failed +2026-11-20 10:00:01$`, 'm'));
    const json = await run(ledger, 'job', JOB, '--items', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ data: failed, items });
  });
});

describe('cancel', () => {
  it('cancels, and asks again when the answer is lost', async () => {
    const cancelled: Answer = { body: { data: job('cancelled', 1) } };
    const ledger = await stubLedger({ [`${THIS_JOB.replace('GET', 'POST')}/cancel`]: ['cut', cancelled] });
    expect(await run(ledger, 'cancel', JOB)).toEqual({
      code: 0,
      stdout: `job ${JOB} cancelled: 1 of 4, 1 sent\n`,
      stderr: '',
    });
    expect(ledger.asked).toHaveLength(2);
  });

  it('says that a job had already ended', async () => {
    const ended: Answer = { body: { data: job('complete', 4) } };
    const ledger = await stubLedger({ [`${THIS_JOB.replace('GET', 'POST')}/cancel`]: ended });
    const { code, stderr } = await run(ledger, 'cancel', JOB);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'It had already ended: there was nothing left to cancel.\n',
    });
  });
});

describe('close-span', () => {
  const id = '2026-03-01T00:00:00.000Z--2026-03-02T00:00:00.000Z';
  const route = `POST /v2/open-spans/${id}/close`;

  it('closes an open span', async () => {
    const ledger = await stubLedger({ [route]: { status: 204 } });
    expect(await run(ledger, 'close-span', id)).toEqual({ code: 0, stdout: `span ${id} is closed\n`, stderr: '' });
    const { stdout } = await run(ledger, '--json', 'close-span', id);
    expect(JSON.parse(stdout)).toEqual({ data: { id, closed: true } });
  });

  it('says that there is no such span', async () => {
    const ledger = await stubLedger({ [route]: problem(404, '10005', 'There is no open span x.') });
    expect(await run(ledger, 'close-span', id)).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('no open span'),
    });
  });
});

describe('cancel of a run', () => {
  const NO_JOB = problem(404, '10005', 'There is no such job.');
  const post = (what: string) => `POST /v2/${what}/${syncRun('').id}/cancel`;

  it('cancels a run when there is no such job', async () => {
    const ledger = await stubLedger({
      [post('republish-jobs')]: NO_JOB,
      [post('sync-runs')]: answers(syncRun('cancelled')),
    });
    const { code, stdout, stderr } = await run(ledger, 'cancel', syncRun('').id);
    const words = 'cancelled: 3 pages, 700 seen, 2 inserted, 1 upgraded';
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `run ${syncRun('').id} ${words}\n`, stderr: '' });
  });

  it('ends with 4 when there is neither', async () => {
    const ledger = await stubLedger({ [post('republish-jobs')]: NO_JOB, [post('sync-runs')]: NO_JOB });
    const { code, stderr } = await run(ledger, 'cancel', syncRun('').id);
    expect(code).toBe(4);
    expect(stderr).toBe(`There is no republish job and no sync run ${syncRun('').id}.\n`);
  });

  it('a backfill that is cancelled ends with 1', async () => {
    const { id } = syncRun('pending');
    const ledger = await stubLedger({
      'POST /v2/sync-runs': { status: 202, body: { data: syncRun('pending') } },
      [`GET /v2/sync-runs/${id}`]: answers(syncRun('running'), syncRun('cancelled')),
    });
    const { code, stdout } = await run(ledger, 'backfill', '--from', '2026-11-01');
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'cancelled: 3 pages, 700 seen, 2 inserted, 1 upgraded\n' });
  });
});

describe('backfill', () => {
  const { id } = syncRun('pending');
  const routes = (...ends: unknown[]) => ({
    'POST /v2/sync-runs': { status: 202, body: { data: syncRun('pending') } },
    [`GET /v2/sync-runs/${id}`]: answers(syncRun('pending'), syncRun('running'), ...ends),
  });

  it('follows the run to its end', async () => {
    const ledger = await stubLedger(routes(syncRun('complete')));
    const { code, stdout, stderr } = await run(ledger, 'backfill', '--from', '2026-11-01');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'complete: 3 pages, 700 seen, 2 inserted, 1 upgraded\n' });
    expect(stderr).toMatch(/^run \S+: 2026-11-01 00:00:00 to 2026-11-20 10:00:00 UTC\n50% {2}pending: .*\n$/);
    expect(ledger.asked[0]?.body).toEqual({ from: '2026-11-01T00:00:00Z', to: new Date().toISOString() });
  });

  it('ends with 1 when the run fails', async () => {
    const failed = syncRun('failed', { error: 'Telnyx failed' });
    const ledger = await stubLedger(routes(failed));
    const { code, stdout, stderr } = await run(ledger, 'backfill', '--from', '30d', '--to', '2026-11-20', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ data: failed });
    expect(stderr).toContain('The run failed: Telnyx failed\n');
  });

  it('is started once, even if the answer is lost', async () => {
    const { 'POST /v2/sync-runs': taken, ...rest } = routes(syncRun('complete'));
    const ledger = await stubLedger({ 'POST /v2/sync-runs': ['cut', taken], ...rest });
    expect((await run(ledger, 'backfill', '--from', '7d')).code).toBe(0);
    const [first, second] = ledger.asked;
    expect(second?.body).toEqual(first?.body);
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  });
});
