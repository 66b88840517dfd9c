import { membersOf } from '../../functions/porting/event.ts';
import type { ServiceDescription } from './description.ts';
import type { BusEvent } from './put-events.ts';

/** The functions that the rules invoke with an event. */
export function functionsFor(event: BusEvent, rules: ServiceDescription['rules']): readonly string[] {
  const { value: status } = membersOf(membersOf(event.detail.order).status);
  return rules
    .filter(({ types }) => types.includes(event['detail-type']))
    .filter(({ orderStatus }) => orderStatus === undefined || orderStatus === status)
    .map((rule) => rule.function);
}
