import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digestMessage } from '../../functions/porting/digest.ts';
import { type Message, textOfMessage } from '../../functions/porting/message.ts';
import { type Notice, noticeMessage, noticesMessage } from '../../functions/porting/notice.ts';
import { statusWords } from '../../functions/porting/order-words.ts';
import { details, NOW, orderIn, refusedOrder } from './porting-orders.ts';

const page = readFileSync('docs/porting-teams.md', 'utf8');
const wording = { now: NOW, zone: 'Europe/Berlin' };

function notice(name: Notice['name'], more: Partial<Notice> = {}): Notice {
  return { name, order: refusedOrder(), from: null, to: null, ...more };
}

const named = (reference: string, order = refusedOrder()) => ({
  ...order,
  id: reference,
  customer_reference: reference,
  support_key: null,
  details: order.details && { ...order.details, customer_reference: reference, support_key: null },
});
const dated = (reference: string, foc_date: string, number_count: number) =>
  named(reference, orderIn('foc-date-confirmed', { acts: 'nobody', details: details({ foc_date, number_count }) }));

const last_comment = { at: '2026-11-25T15:20:00.000000Z', by: 'admin', event_id: 'e' };
const reason = { code: 'POSTAL_CODE_MISMATCH', description: 'Postal code does not match that on the CSR' };
const first = named(
  'port-4720',
  refusedOrder({ act_by: '2026-12-02T09:00:00.000000Z', details: details({ number_count: 1 }) }),
);

const SAMPLES: Readonly<Record<string, Message>> = {
  refused: noticeMessage(
    notice('action_required', {
      order: refusedOrder({ last_comment }),
      comment: 'Please compare the account number with the latest bill.',
    }),
    wording,
  ),
  several: noticesMessage(
    [
      notice('action_required'),
      notice('action_required', { order: { ...first, status: { value: 'exception', details: [reason] } } }),
      notice('foc_changed', {
        order: named('port-4698'),
        from: '2026-12-03T16:00:00.000000Z',
        to: '2026-12-07T16:00:00.000000Z',
      }),
      notice('cancelled', { order: named('port-4611', orderIn('cancelled')) }),
    ],
    wording,
  ),
  digest: digestMessage(
    {
      current: true,
      completeThrough: undefined,
      needing: [
        named(
          'port-4702',
          orderIn('draft', { acts: 'customer', act_by: '2026-11-28T10:00:00.000000Z', details: null }),
        ),
        refusedOrder(),
        named('port-4706', orderIn('submitted', { last_comment, status_since: '2026-11-20T09:00:00.000000Z' })),
      ],
      dated: [
        dated('port-4650', '2026-11-26T16:00:00.000000Z', 3),
        dated('port-4698', '2026-11-30T16:00:00.000000Z', 40),
      ],
      overdue: [named('port-4544', orderIn('in-process', { status_since: '2026-11-17T09:00:00.000000Z' }))],
      ended: [named('port-4633', orderIn('ported')), named('port-4611', orderIn('cancelled'))],
    },
    wording,
  ),
};

const shown = [...page.matchAll(/```text\n([\s\S]*?)\n```/g)].map(([, text]) => text);

test.each(Object.entries(SAMPLES))('the page shows a message that is really sent: %s', (name, message) => {
  expect(shown[Object.keys(SAMPLES).indexOf(name)]).toBe(textOfMessage(message));
});

test('the page shows nothing else as a message', () => {
  expect(shown).toHaveLength(Object.keys(SAMPLES).length);
});

test('the page has the first words of every notice, and the words for every status', () => {
  const at = '2026-12-10T15:00:00.000000Z';
  const every = [
    notice('action_required'),
    notice('comment_from_telnyx'),
    notice('foc_set', { to: at }),
    notice('foc_changed', { from: at, to: at }),
    notice('foc_changed', { from: at }),
    notice('overdue'),
    notice('cancelled'),
  ];
  for (const one of every) {
    const [words = ''] = noticeMessage(one, wording).subject.split(':');
    expect(page).toContain(`| \`${words}\` |`);
  }
  const open = [
    'exception',
    'draft',
    'in-process',
    'submitted',
    'foc-date-confirmed',
    'activation-in-progress',
    'cancel-pending',
  ];
  for (const status of open) expect(page).toContain(`| ${statusWords(orderIn(status))} | `);
});
