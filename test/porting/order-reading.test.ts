import { describe, expect, test } from 'vitest';
import type { OrderDetails } from '../../functions/porting/order-details.ts';
import { gone, type HeldReading, isReadToItsEnd, readAgain } from '../../functions/porting/order-reading.ts';

const NOON = '2026-12-01T12:00:00.000000Z';
const LATER = '2026-12-01T13:00:00.000000Z';
const LATEST = '2026-12-01T14:00:00.000000Z';
const FOC = '2026-12-10T15:00:00.000000Z';
const details: OrderDetails = {
  status: 'submitted',
  numberCount: 12,
  messaging: { enable_messaging: true, messaging_capable: false },
};
const held = (reading: OrderDetails, status: string | undefined, at = NOON) => {
  const kept = readAgain(undefined, reading, status, at);
  if (!kept) throw new Error('the first reading is always new');
  return kept;
};

describe('a reading', () => {
  test('is kept without the status, while both agree', () => {
    expect(held(details, 'submitted')).toEqual({
      details: { numberCount: 12, messaging: { enable_messaging: true, messaging_capable: false } },
      readAt: NOON,
    });
  });

  test('that says the same again is not kept, whatever the order of its members', () => {
    const messaging = { messaging_capable: false, enable_messaging: true };
    const again = { messaging, numberCount: 12, status: 'submitted' };
    expect(readAgain(held(details, 'submitted'), again, 'submitted', LATER)).toBeUndefined();
    expect(readAgain(held(details, 'submitted'), { ...again, numberCount: 11 }, 'submitted', LATER)).toMatchObject({
      details: { numberCount: 11 },
      readAt: LATER,
    });
  });

  test('is not kept because both have moved to the next status', () => {
    const next = { ...details, status: 'exception' };
    expect(readAgain(held(details, 'submitted'), next, 'exception', LATER)).toBeUndefined();
  });

  test('never differs from a ledger that has no status', () => {
    expect(held(details, undefined).differs).toBeUndefined();
  });
});

describe("a status that is not the ledger's", () => {
  const first = held({ ...details, status: 'exception' }, 'submitted');

  test('is kept with the reading that first saw it', () => {
    expect(first.differs).toEqual({ status: 'exception', since: NOON });
    expect(readAgain(first, { ...details, status: 'exception' }, 'submitted', LATER)).toBeUndefined();
    const changed = readAgain(first, { ...details, status: 'exception', foc: FOC }, 'submitted', LATER);
    expect(changed?.differs).toEqual({ status: 'exception', since: NOON });
  });

  test('is another difference when it changes', () => {
    const next = readAgain(first, { ...details, status: 'cancel-pending' }, 'submitted', LATER);
    expect(next?.differs).toEqual({ status: 'cancel-pending', since: LATER });
  });

  test('is over once the ledger has it too', () => {
    const over = readAgain(first, { ...details, status: 'exception' }, 'exception', LATER);
    expect(over).toEqual({ details: first.details, readAt: LATER });
  });
});

describe('an order that has ended', () => {
  test('is not read again once both say so', () => {
    const ahead = held({ ...details, status: 'ported' }, 'foc-date-confirmed');
    expect([ahead.ended, isReadToItsEnd(ahead)]).toEqual([true, false]);
    const agreed = readAgain(ahead, { ...details, status: 'ported' }, 'ported', LATER);
    expect(agreed && isReadToItsEnd(agreed)).toBe(true);
  });

  test('and that Telnyx does not have any more is deleted, and keeps what was known', () => {
    const before = held({ ...details, status: 'draft' }, 'draft');
    const after = readAgain(before, gone(before, 'draft'), 'draft', LATER);
    expect(after).toEqual({
      details: before.details,
      readAt: LATER,
      differs: { status: 'deleted', since: LATER },
      ended: true,
    });
    expect(after && readAgain(after, gone(after, 'deleted'), 'deleted', LATEST)).toEqual({
      details: before.details,
      readAt: LATEST,
      ended: true,
    });
    expect(gone(undefined, undefined)).toEqual({ status: 'deleted' });
  });

  test('in the ledger too, and that Telnyx does not have any more, agrees with it', () => {
    const before = held({ ...details, status: 'cancelled' }, 'cancelled');
    expect(readAgain(before, gone(before, 'cancelled'), 'cancelled', LATER)).toBeUndefined();
  });

  test('is read again when it goes on', () => {
    const ported = held({ ...details, status: 'ported' }, 'ported');
    const back = readAgain(ported, { ...details, status: 'exception' }, 'exception', LATER) as HeldReading;
    expect(back.ended).toBeUndefined();
  });
});
