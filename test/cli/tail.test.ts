import { describe, expect, it } from 'vitest';
import { begin, run, settingsFor } from './run.ts';
import { event, eventId } from './samples.ts';
import { type Answer, type Asked, cursorPages, numberedPages, problem, stubLedger } from './stub-ledger.ts';

type Arrived = ReturnType<typeof event>;

const LIST = 'GET /v2/arrivals';
const LISTENING = 'Listening for events. Ctrl-C ends it.\n';
const HOUR = 3_600_000;
/** The ledger's time when a test begins. */
const START = Date.parse('2026-11-20T10:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

/** An event that the ledger first saw `seconds` after the test began, whenever it occurred. */
function seen(index: number, seconds: number, hoursAgo = 0): Arrived {
  const { ledger, ...shown } = event(index, new Date(START - hoursAgo * HOUR).toISOString());
  return { ...shown, ledger: { ...ledger, first_seen_at: at(seconds) } };
}

interface Ledger {
  seconds: number;
  readonly rows: Arrived[];
}

/**
 * The events that a ledger has seen, and what happens before each look; or its answer instead. The first two looks are
 * the start.
 */
function ledgerOf(rows: readonly Arrived[], ...happens: (((ledger: Ledger) => void) | Answer)[]) {
  const ledger: Ledger = { seconds: 0, rows: [...rows] };
  const left = happens.values();
  return (asked: Asked): Answer => {
    const next = asked.query['page[after]'] === undefined ? left.next().value : undefined;
    if (next !== undefined && typeof next !== 'function') return next;
    next?.(ledger);
    const since = asked.query['filter[first_seen_at][gte]'] ?? '';
    const found = ledger.rows
      .filter((row) => row.ledger.first_seen_at >= since)
      .sort((one, other) => (one.ledger.first_seen_at < other.ledger.first_seen_at ? 1 : -1));
    return cursorPages(found, { as_of: at(ledger.seconds) })(asked);
  };
}

const nothing = () => {};
/** Events that come in as time passes. */
const come =
  (seconds: number, ...rows: readonly Arrived[]) =>
  (ledger: Ledger) => {
    ledger.seconds = seconds;
    ledger.rows.push(...rows);
  };

describe('tail', () => {
  it('prints what comes in from now on, whenever it occurred, in order of arrival, and nothing twice', async () => {
    const list = ledgerOf(
      [seen(1, -90, 5), seen(2, -10)],
      ...[nothing, nothing, nothing],
      come(4, seen(3, 3, 1 / 4), seen(4, 2)),
      // A day ago, by a backfill; in the far future.
      come(60, seen(5, 58, 24), seen(6, 59, -300_000)),
      come(62),
      // A slow write: the ledger first saw it before the events that are already printed.
      come(64, seen(7, 61), seen(8, 50)),
      () => tail.interrupt(),
    );
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail', '--type', 'status_changed', '--order', 'o1'], settingsFor(ledger));
    const { code, stdout, stderr } = await tail.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: LISTENING });
    expect(stdout.match(/(?<=event=)\S+/g)).toEqual([4, 3, 5, 6, 8, 7].map(eventId));
    expect(stdout).toMatch(/^2026-11-20 10:00:00 status_changed submitted order=\S+ event=\S+ by webhook 2x, list\n/);
    expect(tail.pauses).toEqual([2_000, 2_000, 2_000, 2_000, 2_000]);
    expect(ledger.asked).toHaveLength(8);
    const filters = { 'filter[type]': 'porting_order.status_changed', 'filter[porting_order_id]': 'o1' };
    for (const { query } of ledger.asked) expect(query).toMatchObject(filters);
    expect(ledger.asked.at(-1)?.query['filter[first_seen_at][gte]']).toBe(at(64 - 30));
  });

  it('prints everything that comes in at once, a JSON document on each line', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => seen(index, 1 + index / 1_000));
    const list = ledgerOf([], nothing, nothing, come(2, ...rows), () => tail.interrupt());
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail', '--json'], settingsFor(ledger));
    const { stdout } = await tail.ended;
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(printed).toEqual(rows);
    // Three hundred are three pages.
    expect(ledger.asked).toHaveLength(6);
  });

  it('says at once that it listens', async () => {
    const ledger = await stubLedger({ [LIST]: 'hang' });
    const tail = begin(['tail'], settingsFor(ledger));
    expect(tail.said.stderr).toBe(LISTENING);
    tail.interrupt();
    expect(await tail.ended).toMatchObject({ code: 0 });
  });

  it.each([
    [['--type', 'new_comment,porting_order.split']],
    [['--type', 'new_comment', '--type', 'split']],
  ])('prints several types: %j', async (args) => {
    const types = ['status_changed', 'new_comment', 'split', 'deleted'];
    const rows = types.map((type, index) => ({ ...seen(index, index / 10), event_type: `porting_order.${type}` }));
    const list = ledgerOf([], nothing, nothing, come(2, ...rows), () => tail.interrupt());
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail', ...args], settingsFor(ledger));
    const { stdout, stderr } = await tail.ended;
    expect(stdout.match(/(?<=event=)\S+/g)).toEqual([1, 2].map(eventId));
    expect(stderr).toBe(LISTENING);
  });

  it('says that no event has a type, and waits for one', async () => {
    const late = { ...seen(1, 1), event_type: 'porting_order.bogus' };
    const list = ledgerOf([], nothing, nothing, come(2, late), () => tail.interrupt());
    const ledger = await stubLedger({ [LIST]: list, 'GET /v2/porting/events': numberedPages(() => []) });
    const tail = begin(['tail', '--type', 'bogus'], settingsFor(ledger));
    const { stdout, stderr } = await tail.ended;
    expect(stderr.replace(LISTENING, '')).toMatch(/^No event in the ledger has the type porting_order\.bogus\. Known /);
    expect(stdout).toContain(eventId(1));
  });

  it('shows the customer’s reference where the event has one', async () => {
    const payload = { id: 'o1', customer_reference: 'ref 1', status: { value: 'submitted', details: [] } };
    const rows = [
      { ...seen(1, 1), payload },
      { ...seen(2, 2), payload: { ...payload, customer_reference: 'port-4711' } },
    ];
    const list = ledgerOf([], nothing, nothing, come(2, ...rows), () => tail.interrupt());
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail'], settingsFor(ledger));
    const { stdout } = await tail.ended;
    expect(stdout).toMatch(
      / submitted reference="ref 1" order=\S+ event=\S+1 by .*\n.* submitted reference=port-4711 order=/,
    );
  });

  it('continues after the ledger’s clock was three hours ahead for a while, and prints nothing twice', async () => {
    const ahead = 3 * 3_600;
    const list = ledgerOf(
      [seen(1, -1)],
      ...[nothing, nothing],
      come(ahead + 2, seen(2, ahead + 1)),
      come(ahead + 4, seen(3, ahead + 3)),
      // The clock is corrected: the ledger first sees what comes now before the last two.
      come(6, seen(4, 5)),
      come(8, seen(5, 7)),
      come(10),
      () => tail.interrupt(),
    );
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail'], settingsFor(ledger));
    const { stdout } = await tail.ended;
    expect(stdout.match(/(?<=event=)\S+/g)).toEqual([2, 3, 4, 5].map(eventId));
  });

  it('keeps trying while the ledger does not answer, says so, and misses nothing', async () => {
    const list = ledgerOf(
      [seen(1, -1)],
      ...[nothing, nothing, nothing],
      problem(503, '10007', 'Not now.'),
      'cut',
      problem(429, '10011', 'Too many.', { 'retry-after': '7' }),
      come(HOUR / 1_000, seen(2, 5)),
      () => tail.interrupt(),
    );
    const ledger = await stubLedger({ [LIST]: list });
    const tail = begin(['tail'], settingsFor(ledger));
    const { code, stdout, stderr } = await tail.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(eventId(2));
    expect(stderr).toBe(`${LISTENING}Not now. (503); still trying\nThe ledger answers again.\n`);
    expect(tail.pauses).toEqual([2_000, 2_000, 2_000, 7_000, 2_000]);
  });

  it('ends when the ledger refuses, or cannot be reached at the start', async () => {
    const refusing = await stubLedger({ [LIST]: problem(403, '10010', 'No.') });
    expect((await run(refusing, 'tail')).code).toBe(3);
    await refusing.stop();
    expect((await run(refusing, 'tail')).code).toBe(5);
  });
});
