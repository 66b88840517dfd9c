import fc from 'fast-check';
import type { OrderFact } from '../../functions/porting/order-facts.ts';

/** The order of the facts; `B` and `C` are other orders. */
export const ORDER = 'A';

const ids = fc.constantFrom(...Array.from({ length: 12 }, (_, number) => `event-${number}`));
/** Few, so that some events share an instant. */
const times = fc.constantFrom(...Array.from({ length: 6 }, (_, hour) => `2026-03-02T0${hour}:00:00.000000Z`));
const versions = fc.constantFrom('0#0#', '0#1#0#2026', '1#0#', '1#1#1#', '1#1#1#2026', '1#1#1#2027');
const orders = fc.constantFrom(ORDER, 'B', 'C');
const words = fc.constantFrom('one', 'two', 'three');

const told: fc.Arbitrary<Partial<OrderFact> & { readonly type: string }> = fc.oneof(
  fc.record(
    {
      type: fc.constant('porting_order.status_changed'),
      status: fc.record({
        value: fc.constantFrom('draft', 'exception', 'cancel-pending', 'ported', 'on-hold', '__proto__'),
        details: fc.array(fc.record({ code: words }), { maxLength: 2 }),
      }),
      supportKey: words,
      reference: words,
      webhookUrl: fc.constantFrom(null, 'https://example.com/a'),
      payloadAt: times,
    },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type: fc.constant('porting_order.new_comment'), comment: fc.record({ by: words }), supportKey: words }),
  fc.record({ type: fc.constant('porting_order.split'), into: orders, from: orders, of: orders, supportKey: words }),
  fc.record({ type: fc.constant('porting_order.messaging_changed'), messaging: fc.record({ status: words }) }),
  fc.record({
    type: fc.constant('porting_order.deleted'),
    status: fc.constant({ value: 'deleted', details: [] }),
    deletedAt: times,
  }),
  fc.record({ type: fc.constantFrom('porting_order.loa_updated', '__proto__', 'constructor', 'toString') }),
);

/** Facts of single events as they may arrive: several versions of one event, some equal in number, out of order. */
export const singleFacts: fc.Arbitrary<OrderFact[]> = fc.array(
  fc
    .record({ id: ids, at: times, v: versions, listed: fc.boolean(), webhook: fc.boolean(), told })
    .map(({ told: members, ...fact }) => ({ ...fact, ...members })),
  { maxLength: 30 },
);

/** Ids that a fact may stand for: an event is gathered under one other event, and then stands for none itself. */
const gatheredUnder = (id: string) => ['a', 'b', 'c'].map((letter) => `${id}-${letter}`);

/** The same, but some facts stand for other events, each version for its own; some of those events arrive again. */
export const someFacts: fc.Arbitrary<OrderFact[]> = singleFacts.chain((facts) =>
  fc
    .tuple(
      ...facts.map((fact) =>
        fc.record({
          fact: fc.constant(fact),
          also: fc.option(fc.subarray(gatheredUnder(fact.id), { minLength: 1 }), { nil: undefined }),
          more: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
          again: fc.option(fc.constantFrom(...gatheredUnder(fact.id)), { nil: undefined, freq: 4 }),
        }),
      ),
    )
    .map((all) =>
      all.flatMap(({ fact, also, more, again }) => [
        { ...fact, ...(also && { also }), ...(more !== undefined && { more }) },
        ...(again === undefined ? [] : [{ ...fact, id: again }]),
      ]),
    ),
);

/** The same facts in another order, some of them repeated. */
export function shuffled(facts: readonly OrderFact[]): fc.Arbitrary<OrderFact[]> {
  const again = fc.subarray([...facts]);
  const everything = fc.tuple(again, again).map(([some, more]) => [...facts, ...some, ...more]);
  return everything.chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));
}
