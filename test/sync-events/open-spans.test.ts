import { describe, expect, test } from 'vitest';
import { closeSpan, readOpenSpans, recordOpenSpan } from '../../functions/ledger/runs/open-spans.ts';
import { listedEvent } from '../porting-events.ts';
import { MINUTE, NOON, openRig, PAGE, type Rig } from './rig.ts';

const DAY = 24 * 60 * MINUTE;
/** A page whose window includes this instant claims one event too many. */
const CURSED = NOON - 20 * DAY;

function fill(rig: Rig, many: number): void {
  for (let number = 0; number < many; number += 1) {
    const at = NOON - MINUTE - (number / many) * 40 * DAY;
    rig.telnyx.put(listedEvent(number, { created_at: new Date(at).toISOString() }));
  }
}

/** Changes the total in the simulator's answer if the window includes the instant. */
function curse(rig: Rig): void {
  rig.telnyx.intercept = ({ query }) => {
    const [from, to] = ['gte', 'lte'].map((end) => Date.parse(query[`filter[created_at][${end}]`] ?? ''));
    if (from === undefined || to === undefined || from > CURSED || to < CURSED) return undefined;
    const within = rig.telnyx.events().filter(({ created_at = '' }) => {
      const at = Date.parse(created_at);
      return at >= from && at <= to;
    });
    const number = Number(query['page[number]']);
    const total_results = within.length + 1;
    const total_pages = Math.ceil(total_results / PAGE);
    const meta = { page_number: number, page_size: PAGE, total_pages, total_results };
    const data = within.toReversed().slice((number - 1) * PAGE, number * PAGE);
    return { status: 200, body: { data, meta } };
  };
}

const spans = async (rig: Rig) =>
  (await readOpenSpans(rig.store)).map(({ from, to, tries }) => ({ holds: from <= CURSED && to >= CURSED, tries }));

describe('a span that does not prove complete', () => {
  test('is recorded, and stops neither the first sync nor new events', async () => {
    const rig = await openRig();
    fill(rig, 40 * PAGE);
    curse(rig);
    expect(await rig.run()).toMatchObject({ status: 'complete', error: expect.stringContaining('contradicts') });
    await rig.expectComplete();
    expect((await rig.state()).completeThrough).toBe(NOON - 5_000);
    expect(await spans(rig)).toEqual([{ holds: true, tries: 2 }]);

    rig.telnyx.put(listedEvent(9_999, { created_at: new Date(NOON + MINUTE).toISOString() }));
    rig.time += 5 * MINUTE;
    const before = rig.telnyx.requests.length;
    expect(await rig.run()).toMatchObject({ status: 'complete', inserted: 1 });
    expect(await spans(rig)).toEqual([{ holds: true, tries: 3 }]);
    // New events come first; the open span is tried last, and takes three readings.
    expect(rig.telnyx.requests.slice(before).map(({ query }) => query['filter[created_at][lte]'])[0]).toContain(
      '2026-03-20',
    );
    expect(rig.telnyx.requests.length - before).toBeLessThan(10);
  });

  test('is closed by the first run in which it proves complete', async () => {
    const rig = await openRig();
    fill(rig, 3 * PAGE);
    curse(rig);
    await rig.run();
    rig.telnyx.intercept = undefined;
    rig.time += 5 * MINUTE;
    expect(await rig.run()).toMatchObject({ status: 'complete' });
    expect(await spans(rig)).toEqual([]);
    expect((await rig.run())?.error).toBeUndefined();
  });

  test('stays closed once an operator closes it', async () => {
    const rig = await openRig();
    fill(rig, 3 * PAGE);
    curse(rig);
    await rig.run();
    const [span] = await readOpenSpans(rig.store);
    expect(await closeSpan(rig.store, span?.id ?? '')).toBe(true);
    expect(await closeSpan(rig.store, span?.id ?? '')).toBe(false);
    rig.time += 5 * MINUTE;
    await rig.run();
    expect(await spans(rig)).toEqual([]);
  });
});

test('windows that all contradict themselves stay one span over several runs, and close in pieces', async () => {
  const rig = await openRig();
  await rig.run();
  const meta = { page_number: 1, page_size: PAGE, total_pages: 1, total_results: 7 };
  rig.telnyx.intercept = () => ({ status: 200, body: { data: [], meta } });
  for (let run = 0; run < 12; run += 1) {
    rig.time += 5 * MINUTE;
    for (let event = 0; event < 5 * PAGE; event += 1) {
      const at = rig.time - event * 5_000;
      rig.telnyx.put(listedEvent(run * 1_000 + event, { created_at: new Date(at).toISOString() }));
    }
    expect(await rig.run()).toMatchObject({ status: 'complete', inserted: 0 });
    expect(await readOpenSpans(rig.store)).toHaveLength(1);
  }
  rig.telnyx.intercept = undefined;
  let runs = 0;
  for (; (await readOpenSpans(rig.store)).length > 0 && runs < 20; runs += 1) {
    rig.time += 5 * MINUTE;
    const before = rig.telnyx.requests.length;
    await rig.run();
    expect(rig.telnyx.requests.length - before).toBeLessThan(80);
  }
  // 60 pages of events, some of them twice: more requests than one run may make.
  expect(runs).toBeGreaterThan(1);
  await rig.expectComplete();
});

test('a Telnyx fault during the tries leaves the open spans open, and the run complete', async () => {
  const rig = await openRig();
  fill(rig, 3 * PAGE);
  curse(rig);
  await rig.run();
  rig.time += 5 * MINUTE;
  rig.telnyx.intercept = ({ query }) =>
    Date.parse(query['filter[created_at][gte]'] ?? '') < NOON - DAY ? { status: 401, body: { errors: [] } } : undefined;
  expect(await rig.run()).toMatchObject({ status: 'complete' });
  expect(await spans(rig)).toEqual([{ holds: true, tries: 2 }]);
});

test('open spans are all read, even more than a hundred, and a new one merges with one that it touches', async () => {
  const { store } = await openRig();
  const hour = (number: number) => ({ from: NOON + number * 60 * MINUTE, to: NOON + (number + 0.5) * 60 * MINUTE });
  for (let number = 0; number < 120; number += 1) await recordOpenSpan(store, hour(number), 'a reason', NOON + number);
  expect(await readOpenSpans(store)).toHaveLength(120);
  // It touches the last span, so the two are merged.
  await recordOpenSpan(store, { from: hour(119).to, to: hour(120).to }, 'a reason', NOON + 200);
  const spans = await readOpenSpans(store);
  expect(spans).toHaveLength(120);
  expect(spans.at(-1)).toMatchObject({ from: hour(119).from, to: hour(120).to });
});
