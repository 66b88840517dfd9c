import { describe, expect, it } from 'vitest';
import { begin, run, settingsFor } from './run.ts';
import { event, eventId } from './samples.ts';
import { type Answer, type Asked, numberedPages, problem, stubLedger } from './stub-ledger.ts';

type Rows = ReturnType<typeof event>[];

const LIST = 'GET /v2/porting/events';
const nothing = () => {};

/** A list, and what happens just before it answers the first request, the second one, and so on; or what it answers instead. */
function changing(rows: Rows, ...happens: ((() => void) | Answer)[]) {
  const pages = numberedPages(() => rows);
  const left = happens.values();
  return (asked: Asked): Answer => {
    const { value: next = nothing } = left.next();
    if (typeof next !== 'function') return next;
    next();
    return pages(asked);
  };
}

function minute(number: number): string {
  return `2026-11-20T10:${String(number).padStart(2, '0')}:00.000000Z`;
}

describe('tail', () => {
  it('prints what comes from now on, oldest first, late events too, and nothing twice', async () => {
    // Newest first, as the API lists them.
    const rows = [event(2, minute(20)), event(1, minute(10))];
    const list = changing(
      rows,
      // The youngest, what else is there already, and a look that finds nothing new.
      ...[nothing, nothing, nothing],
      () => rows.unshift(event(4, minute(22)), event(3, minute(21))),
      () => rows.splice(3, 0, event(5, minute(15))),
      nothing,
      () => tail.interrupt(),
    );
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail', '--type', 'status_changed', '--order', 'o1'], settingsFor(ledger));
    const { code, stdout, stderr } = await tail.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/(?<=event=)\S+/g)).toEqual([eventId(3), eventId(4), eventId(5)]);
    expect(stdout).toMatch(/^2026-11-20 10:21:00 status_changed submitted order=\S+ event=\S+ by webhook 2x, list\n/);
    expect(tail.pauses).toEqual([2_000, 2_000, 2_000, 2_000]);
    expect(ledger.asked).toHaveLength(7);
    expect(ledger.asked.every(({ query }) => query['filter[type]'] === 'porting_order.status_changed')).toBe(true);
    expect(ledger.asked.at(-1)?.query['filter[created_at][gte]']).toBe('2026-11-20T10:07:00.000Z');
  });

  it('prints what comes into an empty ledger, a JSON document on each line', async () => {
    const rows: Rows = [];
    const come = () => rows.push(...Array.from({ length: 300 }, (_, index) => event(300 - index)));
    // Three hundred are three pages.
    const list = changing(rows, nothing, nothing, come, nothing, nothing, () => tail.interrupt());
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail', '--json'], settingsFor(ledger));
    const { stdout } = await tail.ended;
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(printed).toEqual(rows.toReversed());
    expect(ledger.asked).toHaveLength(6);
  });

  it('outlasts a ledger that does not answer, and says so', async () => {
    const rows = [event(1, minute(1))];
    const list = changing(
      rows,
      ...[nothing, nothing, nothing],
      problem(503, '10007', 'Not now.'),
      'cut',
      problem(429, '10011', 'Too many.', { 'retry-after': '7' }),
      () => rows.unshift(event(2, minute(2))),
      () => tail.interrupt(),
    );
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail'], settingsFor(ledger));
    const { code, stdout, stderr } = await tail.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(eventId(2));
    expect(stderr).toBe('Not now. (503); still trying\nThe ledger answers again.\n');
    expect(tail.pauses).toEqual([2_000, 2_000, 2_000, 7_000, 2_000]);
  });

  it('ends when the ledger refuses, or was never there', async () => {
    const refusing = await stubLedger({ [LIST]: problem(403, '10010', 'No.') });
    expect((await run(refusing, 'tail')).code).toBe(3);
    await refusing.stop();
    expect((await run(refusing, 'tail')).code).toBe(5);
  });
});
