import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestMessage, isWorthSending, type Morning } from '../../functions/porting/digest.ts';
import { textOfMessage } from '../../functions/porting/message.ts';
import { details, NOW, orderIn, refusedOrder } from './porting-orders.ts';

const wording = { now: NOW, zone: 'UTC' };
const MONDAY = Date.parse('2026-11-30T08:00:00Z');
const QUIET: Morning = {
  current: true,
  completeThrough: '2026-11-26T07:59:00.000000Z',
  needing: [],
  dated: [],
  overdue: [],
  ended: [],
};

const dated = (reference: string, foc_date: string) =>
  orderIn('foc-date-confirmed', {
    id: reference,
    acts: 'nobody',
    customer_reference: reference,
    details: details({ foc_date, customer_reference: reference }),
  });

test('an overdue order whose deadline has passed is to be checked with Telnyx', () => {
  const late = refusedOrder({ act_by: '2026-11-20T09:00:00.000000Z' });
  expect(textOfMessage(digestMessage({ ...QUIET, overdue: [late] }, wording))).toContain(
    '; check with Telnyx: the deadline has passed',
  );
});

test('the digest has who needs you, what ports when, what is overdue and what ended', () => {
  const draft = orderIn('draft', {
    id: 'draft',
    acts: 'customer',
    act_by: '2026-11-27T10:00:00.000000Z',
    customer_reference: 'port-5',
    support_key: null,
    details: null,
  });
  const question = orderIn('submitted', {
    id: 'question',
    customer_reference: 'port-6',
    last_comment: { at: '2026-11-26T07:00:00.000000Z', by: 'admin', event_id: 'e' },
    status_since: '2026-11-20T09:00:00.000000Z',
  });
  const overdue = orderIn('in-process', { id: 'overdue', customer_reference: 'port-9' });
  const morning: Morning = {
    ...QUIET,
    needing: [draft, refusedOrder(), question],
    dated: [
      dated('port-7', '2026-11-26T15:00:00.000000Z'),
      dated('port-8', '2026-11-30T15:00:00.000000Z'),
      dated('next week', '2026-12-03T15:00:00.000000Z'),
    ],
    overdue: [overdue, refusedOrder()],
    ended: [orderIn('ported', { terminal: true, customer_reference: 'port-1' })],
  };
  expect(textOfMessage(digestMessage(morning, wording))).toBe(
    [
      'Porting, Thu 26 Nov: 3 need you, 1 ports today, 1 in the days after, 1 overdue, 1 ended',
      '',
      'Refused: correct them, or Telnyx cancels them (1):',
      '  port-4711 (12 numbers) - account number mismatch - by Thu 10 Dec, 14 days left - sr_6bc693',
      '',
      'Drafts that Telnyx deletes soon (1):',
      '  port-5 - by Fri 27 Nov, 1 day left',
      '',
      'Telnyx asks (1):',
      '  port-6 (12 numbers) - since Thu 26 Nov - sr_6bc693',
      '',
      'Porting today (1):',
      '  port-7 (12 numbers) - 15:00 - sr_6bc693',
      '',
      'Porting in the days after (1):',
      '  port-8 (12 numbers) - Mon 30 Nov, 15:00 - sr_6bc693',
      '',
      'Overdue (1):',
      '  port-9 (12 numbers) - being checked by Telnyx since Thu 26 Nov - sr_6bc693',
      '',
      'Ended (1):',
      '  port-1 (12 numbers) - ported - sr_6bc693',
    ].join('\n'),
  );
});

test('a digest that may not be up to date says so first', () => {
  const { subject, sections } = digestMessage({ ...QUIET, current: false, needing: [refusedOrder()] }, wording);
  expect(subject).toBe('Porting, Thu 26 Nov: NOT UP TO DATE, 1 needs you');
  expect(sections[0]?.lines).toEqual([
    "This may not be up to date: the ledger cannot read Telnyx's list at the moment. " +
      'All is known up to Thu 26 Nov, 07:59 (UTC).',
  ]);
});

test('with nothing to say it is sent on Mondays only, or when it may not be up to date', () => {
  expect(isWorthSending(QUIET, wording)).toBe(false);
  expect(isWorthSending(QUIET, { ...wording, now: MONDAY })).toBe(true);
  expect(isWorthSending({ ...QUIET, current: false }, wording)).toBe(true);
  for (const part of ['needing', 'dated', 'overdue', 'ended'] as const) {
    const order = refusedOrder({ details: details({ foc_date: '2026-11-26T15:00:00.000000Z' }) });
    expect(isWorthSending({ ...QUIET, [part]: [order] }, wording)).toBe(true);
  }
  const nextWeek = { ...QUIET, dated: [dated('next week', '2026-12-03T15:00:00.000000Z')] };
  expect(isWorthSending(nextWeek, wording)).toBe(false);
  const { subject, sections } = digestMessage(QUIET, { ...wording, now: MONDAY });
  expect(subject).toBe('Porting, Mon 30 Nov: nothing needs you');
  expect(sections).toEqual([{ lines: ['No order needs you, and none ports this week.'] }]);
});

test('today is the day in the time zone, and an order that has ported is not among the dates', () => {
  const morning = {
    ...QUIET,
    dated: [
      dated('tonight', '2026-11-26T23:30:00.000000Z'),
      { ...dated('done', '2026-11-26T15:00:00.000000Z'), terminal: true },
    ],
  };
  expect(digestMessage(morning, wording).subject).toContain('1 ports today');
  expect(digestMessage(morning, { ...wording, zone: 'Asia/Tokyo' }).subject).toContain('1 in the days after');
});

test('any number of orders fits into a mail and into a chat', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('😀'.repeat(300), 'مرجع', 'x'.repeat(9_000)));
  const orders = fc.array(
    fc.record({ customer_reference: texts, support_key: texts }).map((more) => refusedOrder(more)),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(orders, orders, orders, orders, (needing, dated, overdue, ended) => {
      const message = digestMessage({ ...QUIET, needing, dated, overdue, ended }, wording);
      expect(message.subject.length).toBeLessThan(100);
      expect(message.sections.flatMap(({ lines }) => lines).length).toBeLessThan(8 * 16);
      expect(Buffer.byteLength(textOfMessage(message))).toBeLessThan(100_000);
      expect(textOfMessage(message)).not.toMatch(/[^\P{Cc}\n]/u);
    }),
    { numRuns: 50 },
  );
});
