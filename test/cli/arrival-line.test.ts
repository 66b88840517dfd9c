import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LedgerEvent } from '../../infra/cli/answers.ts';
import { arrivalLine } from '../../infra/cli/arrival-line.ts';
import type { Screen } from '../../infra/cli/screen.ts';
import { event } from './samples.ts';

const line = (payload: object, width: number, event_type = 'porting_order.status_changed') =>
  arrivalLine(
    { ...event(1), event_type, payload } as unknown as LedgerEvent,
    { width, paint: (_, text) => text } as Screen,
  );

const refused = {
  customer_reference: 'port-4711',
  status: { value: 'exception', details: [{ code: 'FOC_REJECTED' }, { code: 'ACCOUNT_NUMBER_MISMATCH' }] },
};
const start = '2026-11-20 09:00:00 status_changed';
const order = 'dcec50b4-55f2-4501-9fcd-f028ddba81d9';

it('keeps what the event says and the reference; ids and the way give room', () => {
  const words = 'exception: FOC_REJECTED, ACCOUNT_NUMBER_MISMATCH';
  const most = `${start} ${words} reference=port-4711`;
  expect(line(refused, Number.POSITIVE_INFINITY)).toBe(
    `${most} order=${order} event=${event(1).id} by webhook 2x, list`,
  );
  expect(line(refused, 170)).toBe(`${most} order=${order} by webhook 2x, list`);
  expect(line(refused, 150)).toBe(`${most} order=${order}`);
  expect(line(refused, 120)).toBe(`${most} order=dcec50b4…`);
  const timed = most.replace('2026-11-20 ', '');
  expect(line(refused, 119)).toBe(`${timed} order=dcec50b4…`);
  expect(line(refused, 94)).toBe(timed);
  expect(line(refused, 80)).toBe('09:00:00 status_changed exception: FOC_REJECTED, ACCOUNT_NU… reference=port-4711');
});

it('keeps the date of an event that came on another day', () => {
  const late = event(1, '2026-11-20T09:00:00Z', { payload: refused });
  late.ledger.first_seen_at = '2026-11-21T00:00:01Z';
  expect(arrivalLine(late as unknown as LedgerEvent, { width: 80, paint: (_, text) => text } as Screen)).toMatch(
    /^2026-11-20 09:00:00 status_changed /,
  );
});

it('without a reference keeps the beginning of the order’s id', () => {
  const comment = { user_type: 'admin', body: 'Please sign the LOA again: the name on it is not readable.' };
  expect(line({ comment }, 80, 'porting_order.new_comment')).toBe(
    '09:00:00 new_comment    Telnyx: Please sign the LOA again: the … order=dcec50b4…',
  );
});

it('is never wider than the terminal, whatever the words', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 100, size: 'max' });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 80, max: 250 }), (body, reference, width) => {
      const payload = { comment: { user_type: 'admin', body }, customer_reference: reference };
      expect(line(payload, width, 'porting_order.new_comment').length).toBeLessThanOrEqual(width);
    }),
  );
});
