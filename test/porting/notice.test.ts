import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Message, textOfMessage } from '../../functions/porting/message.ts';
import { type Notice, noticeMessage, noticesMessage } from '../../functions/porting/notice.ts';
import { NOTICE_NAMES } from '../../functions/porting/notice-names.ts';
import { details, NOW, ORDER_ID, orderIn, refusedOrder } from './porting-orders.ts';

const wording = { now: NOW, zone: 'UTC' };
const FROM = '2026-12-10T15:00:00.000000Z';
const TO = '2026-12-14T15:30:00.000000Z';

function notice(name: Notice['name'], more: Partial<Notice> = {}): Notice {
  return { name, order: refusedOrder(), from: null, to: null, ...more };
}

const subject = (one: Notice) => noticeMessage(one, wording).subject;
const text = (one: Notice) => textOfMessage(noticeMessage(one, wording));

describe('the subject', () => {
  test('of a refused order has reference, numbers, reason and deadline', () => {
    expect(subject(notice('action_required'))).toBe(
      'Refused: port-4711 (12 numbers) - account number mismatch - fix by Thu 10 Dec',
    );
  });

  test('names the day in the time zone', () => {
    const late = refusedOrder({ act_by: '2026-12-10T23:30:00.000000Z' });
    const { subject } = noticeMessage(notice('action_required', { order: late }), { now: NOW, zone: 'Europe/Berlin' });
    expect(subject).toContain('fix by Fri 11 Dec');
  });

  test.each([
    [
      notice('comment_from_telnyx', { comment: 'Please send\nthe bill.' }),
      'Telnyx wrote: port-4711 (12 numbers) - Please send the bill.',
    ],
    [notice('foc_set', { to: FROM }), 'Porting date: port-4711 (12 numbers) - Thu 10 Dec'],
    [
      notice('foc_changed', { from: FROM, to: TO }),
      'Date moved: port-4711 (12 numbers) - now Mon 14 Dec, was Thu 10 Dec',
    ],
    [notice('foc_changed', { from: FROM }), 'Date taken back: port-4711 (12 numbers) - was Thu 10 Dec'],
    [
      notice('overdue', { order: orderIn('submitted', { status_since: '2026-10-20T09:00:00.000000Z' }) }),
      'Overdue: port-4711 (12 numbers) - with the old carrier since Tue 20 Oct',
    ],
    [notice('cancelled', { order: orderIn('cancelled') }), 'Cancelled, not by you: port-4711 (12 numbers)'],
  ])('%#: $name', (one, expected) => {
    expect(subject(one)).toBe(expected);
  });

  test('has the support key where there is no reference, and never a whole id', () => {
    const unnamed = { customer_reference: null, details: null };
    expect(subject(notice('action_required', { order: refusedOrder(unnamed) }))).toMatch(
      /^Refused: sr_6bc693 - account/,
    );
    const order = refusedOrder({ ...unnamed, support_key: null });
    expect(subject(notice('action_required', { order }))).toMatch(
      /^Refused: order without a reference \(id 496c8c1e…\) - account/,
    );
    expect(subject(notice('action_required', { order }))).not.toContain(ORDER_ID);
  });

  test('cuts the longest of reference and reason, and keeps the deadline', () => {
    const status = { value: 'exception', details: [{ description: 'x'.repeat(300) }] };
    const long = subject(notice('action_required', { order: refusedOrder({ status }) }));
    expect(long).toMatch(/^Refused: port-4711 \(12 numbers\) - x+… - fix by Thu 10 Dec$/);
    expect(long).toHaveLength(99);
  });

  test.each([
    [[{ code: 'FOC_REJECTED' }], 'FOC rejected'],
    [[{ code: 'other', description: 'Call us.' }], 'Call us.'],
    [['In words'], 'In words'],
    [[null, 7, [], { code: 3 }], undefined],
  ])('takes the reason from %j', (details, reason) => {
    const order = refusedOrder({ status: { value: 'exception', details } });
    expect(subject(notice('action_required', { order }))).toBe(
      `Refused: port-4711 (12 numbers)${reason ? ` - ${reason}` : ''} - fix by Thu 10 Dec`,
    );
  });
});

describe('the text', () => {
  test('says what to do, what Telnyx says in full, the last comment, and how to find the order', () => {
    const last_comment = { at: '2026-11-25T10:00:00.000000Z', by: 'admin', event_id: 'e' };
    const order = refusedOrder({ last_comment });
    expect(text(notice('action_required', { order, comment: 'Hello.\n\nWhich account?' }))).toBe(
      [
        'Refused: port-4711 (12 numbers) - account number mismatch - fix by Thu 10 Dec',
        '',
        'Telnyx refused this order. Correct it by Thu 10 Dec, 07:59 (UTC): 14 days left. After that, Telnyx cancels it.',
        '',
        'What Telnyx says:',
        '  The account number does not match what the losing carrier has on file. (ACCOUNT_NUMBER_MISMATCH)',
        '',
        'Last comment, by Telnyx, Wed 25 Nov:',
        '  Hello.',
        '  Which account?',
        '',
        'The order:',
        '  Order: port-4711',
        '  Numbers: 12',
        '  Now: refused',
        '  Act by: Thu 10 Dec, 14 days left',
        '  Support key, for Telnyx: sr_6bc693',
        `  Order id: ${ORDER_ID}`,
      ].join('\n'),
    );
  });

  test('links to the console only where there is one', () => {
    const pageOf = (id: string) => `https://console.example/orders/${id}`;
    const linked = textOfMessage(noticeMessage(notice('action_required'), { ...wording, pageOf }));
    expect(linked).toContain(`More: https://console.example/orders/${ORDER_ID}`);
    expect(text(notice('action_required'))).not.toContain('http');
  });

  test('cuts a comment at 500 whole characters', () => {
    const last_comment = { at: '2026-11-25T10:00:00.000000Z', by: 'customer', event_id: 'e' };
    const shown = text(
      notice('comment_from_telnyx', { order: refusedOrder({ last_comment }), comment: '😀'.repeat(50_000) }),
    );
    expect(shown.match(/\n {2}(😀+)…\n/u)?.[1]).toBe('😀'.repeat(499));
    expect(shown).toContain('by you');
  });
});

describe('several notices', () => {
  test('are one message, the soonest deadline first', () => {
    const soon = refusedOrder({ customer_reference: 'port-2', act_by: '2026-12-01T07:59:00.000000Z' });
    const { subject, sections } = noticesMessage(
      [
        notice('overdue', { order: orderIn('submitted') }),
        notice('action_required'),
        notice('action_required', { order: soon }),
      ],
      wording,
    );
    expect(subject).toBe('3 porting notices, 2 with a deadline: first port-2');
    expect(sections[0]?.lines.map((line) => line.slice(0, 18))).toEqual([
      'Refused: port-2 (1',
      'Refused: port-4711',
      'Overdue: port-4711',
    ]);
  });

  test('are counted beyond the first 40', () => {
    const { sections } = noticesMessage(
      [notice('overdue'), ...Array.from({ length: 99 }, () => notice('overdue'))],
      wording,
    );
    expect(sections[0]?.lines).toHaveLength(40);
    expect(sections[1]?.lines).toEqual(['And 60 more: see the list of orders that need you.']);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '<b>&amp;*_`~</b>',
    '\u202egnp.exe',
    'مرجع 12',
    '😀'.repeat(200),
    '\ud800',
    'a\r\nb\u2028c',
    'x'.repeat(100_000),
  ),
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const anyNotice: fc.Arbitrary<Notice> = fc.record({
  name: fc.constantFrom(...NOTICE_NAMES),
  from: maybe(fc.constant(FROM)),
  to: maybe(fc.constant(TO)),
  comment: fc.option(anyText, { nil: undefined }),
  order: fc
    .record({
      customer_reference: maybe(anyText),
      support_key: maybe(anyText),
      act_by: maybe(fc.constant('2026-12-10T07:59:00.000000Z')),
      status: maybe(
        fc.record({
          value: anyText,
          details: fc.array(fc.oneof(anyText, fc.record({ code: anyText, description: anyText }))),
        }),
      ),
      details: maybe(maybe(anyText).map((customer_reference) => details({ customer_reference, support_key: null }))),
    })
    .map((more) => refusedOrder({ ...more, last_comment: { at: FROM, by: 'admin', event_id: 'e' } })),
});

/** What no message has: it is one subject and whole lines, whatever Telnyx sends. */
function expectReadable({ subject, sections }: Message): void {
  expect(subject.length).toBeLessThan(100);
  for (const line of [subject, ...sections.flatMap(({ heading = 'x', lines }) => [heading, ...lines])]) {
    expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u200e\u200f]/u);
    expect(line.isWellFormed()).toBe(true);
    expect(line.trim()).not.toBe('');
    expect(line.length).toBeLessThan(4_300);
    // Each mark that begins a right-to-left text has the one that ends it.
    expect(line.replaceAll(/\u2068[^\u2068\u2069]*\u2069/g, '')).not.toMatch(/[\u2066-\u2069]/);
  }
}

test('any text of Telnyx or of the customer stays readable, on its line and within its length', () => {
  fc.assert(
    fc.property(anyNotice, fc.constantFrom('UTC', 'America/St_Johns', 'Asia/Kathmandu'), (one, zone) => {
      expectReadable(noticeMessage(one, { now: NOW, zone }));
      expectReadable(noticesMessage([one, one, notice('overdue')], { now: NOW, zone }));
      expect(noticeMessage(one, { now: NOW, zone }).subject).not.toContain(ORDER_ID);
    }),
  );
});
