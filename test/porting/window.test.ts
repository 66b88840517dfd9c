import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIRST_EVENT_AT, halves, isAhead, OVERLAP, SETTLE, scheduledWindow } from '../../functions/porting/window.ts';

const instant = fc.integer({ min: FIRST_EVENT_AT, max: Date.UTC(2060, 0, 1) });

describe('the scheduled window', () => {
  test('of the first run begins at the earliest possible event', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(scheduledWindow(undefined, now)).toEqual({ from: FIRST_EVENT_AT, to: now - SETTLE });
  });

  test('of a later run begins 15 minutes before the cursor, and ends 5 seconds before now', () => {
    expect(scheduledWindow(Date.UTC(2026, 0, 1, 12), Date.UTC(2026, 0, 1, 12, 5))).toEqual({
      from: Date.UTC(2026, 0, 1, 11, 45),
      to: Date.UTC(2026, 0, 1, 12, 4, 55),
    });
  });

  test('begins a week before now if the cursor is in the future', () => {
    const now = Date.UTC(2026, 0, 8, 12);
    expect([isAhead(now + 1, now), isAhead(now, now), isAhead(undefined, now)]).toEqual([true, false, false]);
    expect(scheduledWindow(now + 1, now).from).toBe(Date.UTC(2026, 0, 1, 12));
    expect(scheduledWindow(now, now).from).toBe(Date.UTC(2026, 0, 8, 11, 45));
  });

  test('overlaps the previous one, ends before now, and never ends before it begins, whatever the clock does', () => {
    fc.assert(
      fc.property(instant, instant, (completeThrough, now) => {
        const window = scheduledWindow(completeThrough, now);
        const reaches = completeThrough > now ? now - 7 * 24 * 3_600_000 : completeThrough - OVERLAP;
        expect(window.from).toBe(Math.max(FIRST_EVENT_AT, reaches));
        expect(window.to).toBeGreaterThanOrEqual(window.from);
        if (now - SETTLE >= window.from) expect(window.to).toBe(now - SETTLE);
      }),
    );
  });

  test('of a run after a long outage begins where the last complete run ended', () => {
    const lastRun = Date.UTC(2026, 0, 1);
    expect(scheduledWindow(lastRun, Date.UTC(2026, 5, 1)).from).toBe(lastRun - OVERLAP);
  });
});

describe('halves', () => {
  test('cover the window, share one instant, and are both narrower', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 2, max: 1e12 }), (from, width) => {
        const [older, newer] = halves({ from, to: from + width }) ?? [];
        expect(older?.from).toBe(from);
        expect(newer?.to).toBe(from + width);
        expect(older?.to).toBe(newer?.from);
        expect((older?.to ?? 0) - from).toBeLessThan(width);
        expect(from + width - (newer?.from ?? 0)).toBeLessThan(width);
      }),
    );
  });

  test.each([0, 1])('a window of %d ms has none', (width) => {
    expect(halves({ from: 1000, to: 1000 + width })).toBeUndefined();
  });
});
