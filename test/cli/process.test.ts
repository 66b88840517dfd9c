import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { start } from './process.ts';
import { settingsFor } from './run.ts';
import { event, eventId, JOB, job, order, status } from './samples.ts';
import { type Answer, cursorPages, problem, type StubLedger, stubLedger } from './stub-ledger.ts';

const LISTENING = 'Listening for events. Ctrl-C ends it.\n';

const at = (ledger: StubLedger, ...args: string[]) => start(args, settingsFor(ledger));

describe('a process', () => {
  it('ends with its command’s exit code, and writes to the right streams', async () => {
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([]),
      'GET /v2/status': { body: { data: status({ well: false }) } },
      'GET /v2/porting/events/mine': problem(403, '10010', 'It may not.'),
      'GET /v2/porting/events/none': problem(404, '10005', 'There is none.'),
    });
    const ran = await Promise.all(
      [['help'], ['orders'], ['status', '--json'], ['nonsense'], ['event', 'mine'], ['event', 'none', '--json']].map(
        (args) => at(ledger, ...args).ended,
      ),
    );
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 1, 2, 3, 4]);
    const [help, orders, unwell, nonsense, mine, none] = ran;
    expect(help?.stdout).toMatch(/^Usage: npm run ledger -- <command>/);
    expect(help?.stderr).toBe('');
    expect(orders).toMatchObject({ stdout: '', stderr: 'No such orders.\n' });
    expect(JSON.parse(unwell?.stdout ?? '')).toEqual({ data: status({ well: false }) });
    expect(unwell?.stderr).toBe('');
    expect(nonsense?.stdout).toBe('');
    expect(nonsense?.stderr).toContain("error: unknown command 'nonsense'");
    expect(mine).toMatchObject({ stdout: '', stderr: 'It may not. (403)\n' });
    expect(JSON.parse(none?.stdout ?? '').errors).toMatchObject([{ detail: 'There is none.' }]);
    expect(none?.stderr).toBe('There is none. (404)\n');
  });

  it('says which version it is, without a token', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(await start(['--version'], {}).ended).toEqual({
      code: 0,
      stdout: `port-in-ledger ${version}\n`,
      stderr: '',
    });
  });

  it('does not begin without a token', async () => {
    expect(await start(['orders'], {}).ended).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^LEDGER_TOKEN is not set: .*\n$/),
    });
  });

  it('ends only when all its output is written, even into a pipe', async () => {
    const rows = Array.from({ length: 620 }, (_, index) => order({ id: eventId(index) }));
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages(rows) });
    const { code, stdout } = await at(ledger, 'orders', '--all', '--json').ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ data: rows, meta: { more: false } });
  });

  it('asks nothing without a terminal: a job then needs --yes', async () => {
    const ledger = await stubLedger({});
    const { code, stderr } = await at(ledger, 'republish', '--missed', '--from', '2026-11-20').ended;
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(ledger.asked).toEqual([]);
  });

  it('ends quietly when the reader of its pipe ends', async () => {
    const rows = [event(1)];
    const pages = cursorPages(rows, { as_of: '2026-11-20T09:02:00.000000Z' });
    const ledger = await stubLedger({
      'GET /v2/arrivals': async (asked) => {
        // Its first request found the events that were there when it began.
        if (ledger.asked.length < 3) return pages(asked);
        await new Promise((closed) => tail.child.stdout?.once('close', closed).destroy());
        rows.unshift(event(2, '2026-11-20T09:01:00Z'));
        return pages(asked);
      },
    });
    const tail = at(ledger, 'tail');
    expect(await tail.ended).toMatchObject({ code: 0, stderr: LISTENING });
    expect(ledger.asked).toHaveLength(3);
  });
});

describe('Ctrl-C', () => {
  it('ends tail', async () => {
    const rows = [event(1)];
    const pages = cursorPages(rows, { as_of: '2026-11-20T09:02:00.000000Z' });
    const ledger = await stubLedger({
      'GET /v2/arrivals': (asked) => {
        if (ledger.asked.length === 3) rows.unshift(event(2, '2026-11-20T09:01:00Z'));
        return pages(asked);
      },
    });
    const { child, said, ended } = at(ledger, 'tail');
    await eventually(() => expect(said.stdout).toContain(eventId(2)));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stderr: LISTENING });
  });

  it('ends the watching of a job, even if npm sends it twice, and leaves the job alone', async () => {
    const running: Answer = { body: { data: job('running', 1) } };
    const ledger = await stubLedger({ [`GET /v2/republish-jobs/${JOB}`]: running });
    const { child, said, ended } = at(ledger, 'job', JOB, '--watch');
    await eventually(() => expect(said.stderr).toContain('running: 1 of 4'));
    child.kill('SIGINT');
    const again = setInterval(() => child.kill('SIGINT'), 1);
    const { code, stdout, stderr } = await ended;
    clearInterval(again);
    // A process that is ending may already have no handler left; then the signal ends it, which a shell also reports as
    // 130.
    expect(code ?? 130).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toContain(`npm run ledger -- job ${JOB} --watch\n`);
    expect(stderr).toContain(`npm run ledger -- cancel ${JOB}\n`);
    expect(ledger.asked.every(({ method }) => method === 'GET')).toBe(true);
  });
});
