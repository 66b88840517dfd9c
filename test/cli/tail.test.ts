import { describe, expect, it, vi } from 'vitest';
import { event, eventId } from './samples.ts';
import { type Answer, numberedPages, problem, run, type StubLedger, start, stubLedger, TOKEN } from './stub-ledger.ts';

const WAIT = { timeout: 30_000 };

function tail(ledger: StubLedger, ...args: string[]) {
  return start(['tail', ...args], { LEDGER_URL: ledger.url, LEDGER_TOKEN: TOKEN });
}

function minute(number: number): string {
  return `2026-11-20T10:${String(number).padStart(2, '0')}:00.000000Z`;
}

describe('tail', () => {
  it('prints what comes from now on, oldest first, late events too, and nothing twice', async () => {
    // Newest first, as the API lists them.
    const rows = [event(2, minute(20)), event(1, minute(10))];
    const ledger = await stubLedger({ 'GET /v2/porting/events': numberedPages(() => rows) });
    const { child, said, ended } = tail(ledger, '--type', 'status_changed', '--order', 'o1');
    await vi.waitFor(() => expect(ledger.asked.length).toBeGreaterThan(2), WAIT);
    rows.unshift(event(4, minute(22)), event(3, minute(21)));
    await vi.waitFor(() => expect(said.stdout).toContain(eventId(4)), WAIT);
    rows.splice(3, 0, event(5, minute(15)));
    await vi.waitFor(() => expect(said.stdout).toContain(eventId(5)), WAIT);
    const looks = ledger.asked.length;
    await vi.waitFor(() => expect(ledger.asked.length).toBeGreaterThan(looks), WAIT);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/(?<=event=)\S+/g)).toEqual([eventId(3), eventId(4), eventId(5)]);
    expect(stdout).toMatch(/^2026-11-20 10:21:00 status_changed submitted order=\S+ event=\S+ by webhook 2x, list\n/);
    expect(ledger.asked.every(({ query }) => query['filter[type]'] === 'porting_order.status_changed')).toBe(true);
    expect(ledger.asked.at(-1)?.query['filter[created_at][gte]']).toBe('2026-11-20T10:07:00.000Z');
  });

  it('prints what comes into an empty ledger, a JSON document on each line', async () => {
    const rows: ReturnType<typeof event>[] = [];
    const ledger = await stubLedger({ 'GET /v2/porting/events': numberedPages(() => rows) });
    const { child, said, ended } = tail(ledger, '--json');
    await vi.waitFor(() => expect(ledger.asked.length).toBeGreaterThan(1), WAIT);
    rows.push(...Array.from({ length: 300 }, (_, index) => event(300 - index)));
    await vi.waitFor(() => expect(said.stdout).toContain(eventId(300)), WAIT);
    child.kill('SIGINT');
    const { stdout } = await ended;
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(printed).toEqual(rows.toReversed());
  });

  it('outlasts a ledger that does not answer, and says so', async () => {
    const rows = [event(1, minute(1))];
    let trouble: Answer | undefined;
    const pages = numberedPages(() => rows);
    const ledger = await stubLedger({ 'GET /v2/porting/events': (asked) => trouble ?? pages(asked) });
    const { child, said, ended } = tail(ledger);
    await vi.waitFor(() => expect(ledger.asked.length).toBeGreaterThan(2), WAIT);
    trouble = problem(503, '10007', 'Not now.');
    await vi.waitFor(() => expect(said.stderr).toContain('Not now. (503); still trying\n'), WAIT);
    trouble = 'cut';
    const looks = ledger.asked.length;
    await vi.waitFor(() => expect(ledger.asked.length).toBeGreaterThan(looks), WAIT);
    trouble = undefined;
    rows.unshift(event(2, minute(2)));
    await vi.waitFor(() => expect(said.stdout).toContain(eventId(2)), WAIT);
    await vi.waitFor(() => expect(said.stderr).toContain('The ledger answers again.\n'), WAIT);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr.split('\n')).toHaveLength(3);
  });

  it('ends when the ledger refuses, or was never there', async () => {
    const refusing = await stubLedger({ 'GET /v2/porting/events': problem(403, '10010', 'No.') });
    expect((await run(refusing, 'tail')).code).toBe(3);
    await refusing.stop();
    expect((await run(refusing, 'tail')).code).toBe(5);
  });

  it('ends quietly with its reader', async () => {
    const rows = [event(1, minute(1))];
    const ledger = await stubLedger({ 'GET /v2/porting/events': numberedPages(() => rows) });
    const { child, ended } = tail(ledger);
    await vi.waitFor(() => expect(ledger.asked.length).toBeGreaterThan(1), WAIT);
    child.stdout?.destroy();
    rows.unshift(event(2, minute(2)));
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});
