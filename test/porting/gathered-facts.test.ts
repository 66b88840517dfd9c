import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countGathered,
  countSplits,
  eventCountOf,
  gatherEqual,
  gatherPast,
} from '../../functions/porting/gathered-facts.ts';
import { foldOrder } from '../../functions/porting/order.ts';
import { mergeFacts, type OrderFact } from '../../functions/porting/order-facts.ts';
import { ORDER, someFacts } from './order-arbitraries.ts';

const split = (number: number, into = 'part'): OrderFact => ({
  id: `split-${number}`,
  at: `2026-03-02T00:00:00.${String(number).padStart(6, '0')}Z`,
  type: 'porting_order.split',
  v: '1#1#1#',
  listed: true,
  webhook: false,
  into,
  from: ORDER,
  of: ORDER,
});

/** A comment with a natural key, by which the same event under another id would be recognised. */
function comment(number: number, seen: Partial<OrderFact> = {}): OrderFact {
  const { into, from, of, ...rest } = split(number);
  return { ...rest, id: `comment-${number}`, type: 'porting_order.new_comment', same: `comment#${number}`, ...seen };
}

const status = (hour: number, value: string): OrderFact => ({
  id: `status-${hour}`,
  at: `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000000Z`,
  type: 'porting_order.status_changed',
  v: '1#1#1#',
  listed: true,
  webhook: true,
  status: { value, details: [] },
});

describe.each([
  ['facts that add nothing new', gatherEqual],
  ['also past statuses', gatherPast],
  ['also ids, as a count', countGathered],
])('gathering facts: %s', (_, gather) => {
  test("leaves the order's state unchanged", () => {
    fc.assert(
      fc.property(someFacts, (some) => {
        const facts = mergeFacts(some);
        expect(foldOrder(ORDER, gather(ORDER, facts))).toEqual(foldOrder(ORDER, facts));
      }),
      { numRuns: 1_000 },
    );
  });

  test('changes nothing when repeated, or when its result is merged with itself', () => {
    fc.assert(
      fc.property(someFacts, (some) => {
        const once = gather(ORDER, mergeFacts(some));
        expect(foldOrder(ORDER, gather(ORDER, once))).toEqual(foldOrder(ORDER, once));
        expect(mergeFacts([...once, ...once])).toEqual(once);
      }),
    );
  });
});

test('a gathered event that arrives again is known, even in a newer version', () => {
  const facts = gatherEqual(ORDER, mergeFacts([0, 1, 2, 3, 4].map((number) => split(number))));
  expect(facts.map(({ id, also }) => [id, also])).toEqual([
    ['split-0', undefined],
    ['split-3', ['split-1', 'split-2']],
    ['split-4', undefined],
  ]);
  const again = mergeFacts([...facts, split(1), { ...split(2), v: '1#1#1#later' }, { ...split(3), v: '1#1#1#later' }]);
  expect(foldOrder(ORDER, again).events.total).toBe(5);
});

test('an event is not gathered if its fact is marked, or if it may still arrive under another id', () => {
  const gone = { ...split(2), gone: true } as OrderFact;
  const facts = mergeFacts([split(0), split(1), gone, comment(3), comment(4), split(5), split(6)]);
  expect(gatherEqual(ORDER, facts).map(({ id }) => id)).toEqual([
    'split-0',
    'split-2',
    'comment-3',
    'comment-4',
    'split-5',
    'split-6',
  ]);
});

test('an event that was joined with its other id is not gathered', () => {
  const joined = { ...split(2), joined: true } as OrderFact;
  const facts = gatherEqual(ORDER, mergeFacts([split(0), split(1), joined, split(3), split(4)]));
  expect(facts.map(({ id, also }) => [id, also])).toEqual([
    ['split-0', undefined],
    ['split-2', undefined],
    ['split-3', ['split-1']],
    ['split-4', undefined],
  ]);
});

test('events that both list and webhook have brought are gathered: none will arrive under another id', () => {
  const facts = gatherEqual(ORDER, mergeFacts([0, 1, 2, 3, 4].map((number) => comment(number, { webhook: true }))));
  expect(facts.map(({ id, also }) => [id, also])).toEqual([
    ['comment-0', undefined],
    ['comment-3', ['comment-1', 'comment-2']],
    ['comment-4', undefined],
  ]);
});

test('a customer reference that only an earlier event has is kept', () => {
  const change = (number: number, reference?: string): OrderFact => {
    const { into, from, of, ...rest } = split(number);
    return { ...rest, type: 'porting_order.status_changed', ...(reference !== undefined && { reference }) };
  };
  const facts = gatherEqual(ORDER, mergeFacts([change(0), change(1, 'mine'), change(2), change(3), change(4)]));
  expect(facts.length).toBeLessThan(5);
  expect(foldOrder(ORDER, facts).customer_reference).toBe('mine');
});

test('events since the beginning of the present status are gathered with the past ones', () => {
  const facts = [status(0, 'draft'), status(1, 'submitted'), ...[0, 1, 2, 3].map((number) => split(number))];
  expect(gatherPast(ORDER, mergeFacts(facts)).map(({ id, also }) => [id, also])).toEqual([
    ['status-0', undefined],
    ['status-1', undefined],
    ['split-2', ['split-0', 'split-1']],
    ['split-3', undefined],
  ]);
});

test('counted events stay counted when more of them arrive', () => {
  const counted = countGathered(ORDER, mergeFacts([0, 1, 2, 3, 4].map((number) => split(number))));
  const later = countGathered(ORDER, mergeFacts([...counted, split(5), split(6)]));
  expect(later.length).toBeLessThan(counted.length + 2);
  expect(foldOrder(ORDER, later).events).toEqual({ total: 7, by_type: { 'porting_order.split': 7 } });
});

test('past statuses are gathered; the beginning of the present one stays known', () => {
  const course = ['draft', 'exception', 'submitted', 'exception', 'submitted', 'submitted', 'submitted'];
  const facts = mergeFacts(course.map((value, hour) => status(hour, value)));
  const gathered = gatherPast(ORDER, facts);
  expect(gathered.length).toBeLessThan(facts.length);
  expect(foldOrder(ORDER, gathered)).toMatchObject({
    status: { value: 'submitted' },
    status_since: '2026-03-01T04:00:00.000000Z',
    events: { total: 7 },
  });
});

test('an event that stands for others still does after it arrives in a newer version', () => {
  const newer = { ...split(3), v: '1#1#1#later' };
  for (const gather of [gatherEqual, countGathered]) {
    const held = gather(ORDER, mergeFacts([0, 1, 2, 3, 4].map((number) => split(number))));
    expect(foldOrder(ORDER, [...held, newer]).events.total).toBe(5);
    expect(foldOrder(ORDER, [newer, ...held]).events.total).toBe(5);
  }
});

test('a split keeps its other order, however many events follow', () => {
  const comments = Array.from({ length: 1_000 }, (_, number) => comment(10 + number, { webhook: true }));
  const facts = mergeFacts([split(0, 'part-0'), split(1, 'part-1'), split(2, 'part-2'), ...comments]);
  const { split_into, events } = foldOrder(ORDER, countSplits(ORDER, facts));
  expect(split_into).toEqual(['part-0', 'part-1', 'part-2']);
  expect(events.total).toBe(1_003);
});

test('of more than 1,000 splits the newest keep their other orders, and all are counted', () => {
  const facts = mergeFacts(Array.from({ length: 1_500 }, (_, number) => split(number, `part-${number}`)));
  const { split_into, events } = foldOrder(ORDER, countSplits(ORDER, facts));
  expect([split_into.length, events.total]).toEqual([1_000, 1_500]);
  expect(split_into).toContain('part-1499');
  expect(facts.reduce((sum, fact) => sum + eventCountOf(fact), 0)).toBe(1_500);
});
