import { describe, expect, test } from 'vitest';
import { KNOWN_STATUSES } from '../../functions/porting/acts.ts';
import { KNOWN_TYPES } from '../../functions/porting/event.ts';
import { storyPartOf } from '../../functions/show-console/page/story.ts';
import { eventOf, statusEvent } from './orders.ts';

test('a refusal quotes each reason without its code, and the code where there is nothing else', () => {
  const reasons = [{ code: 'FOC_REJECTED', description: 'The account number is wrong.' }, { code: 'OTHER' }];
  expect(storyPartOf(statusEvent(0, 'exception', reasons), 'order')).toEqual({
    sentence: 'The order was refused.',
    quoted: ['The account number is wrong.', 'OTHER'],
  });
});

test('every known status has a sentence of its own', () => {
  const sentences = KNOWN_STATUSES.filter((status) => status !== 'deleted').map(
    (status) => storyPartOf(statusEvent(0, status), 'order').sentence,
  );
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).not.toContain('The status is now');
});

test('a status that is not known is told as Telnyx spells it', () => {
  expect(storyPartOf(statusEvent(0, 'on-hold'), 'order').sentence).toBe('The status is now: on hold.');
});

describe('a comment', () => {
  const comment = (user_type: unknown, body: unknown) =>
    storyPartOf(eventOf('porting_order.new_comment', { comment: { user_type, body } }), 'order');

  test.each([
    ['admin', 'Telnyx wrote:'],
    ['user', 'You wrote:'],
    ['bot', 'Bot wrote:'],
    [undefined, 'Someone wrote:'],
  ])('of %s says who wrote it', (by, sentence) => {
    expect(comment(by, 'Hello')).toEqual({ sentence, quoted: ['Hello'] });
  });

  test('is quoted in full, as it came', () => {
    const body = `<script>alert(1)</script>\n${'long '.repeat(1_000)}\u05e9\u05dc\u05d5\u05dd`;
    expect(comment('admin', body).quoted).toEqual([body]);
  });
});

test.each([
  ['one', { sentence: 'A part became an order of its own:', other: 'other' }],
  ['other', { sentence: 'This order was split off:', other: 'one' }],
])('a split, in the story of %s, names the order at its other end', (ownId, part) => {
  const split = eventOf('porting_order.split', { from: { id: 'one' }, to: { id: 'other' } });
  expect(storyPartOf(split, ownId)).toEqual(part);
});

test.each([...KNOWN_TYPES, 'porting_order.number_lost'])('%s without a payload has a sentence', (type) => {
  for (const payload of [null, undefined, 'text', [], { status: 5, comment: 5, messaging: 5, from: 5 }]) {
    expect(storyPartOf(eventOf(type, payload), 'order').sentence).toMatch(/^\p{Lu}.*[.:]$/u);
  }
});
