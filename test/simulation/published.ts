import { isDeepStrictEqual } from 'node:util';
import { numberIn, type Row, textIn } from '../../functions/ledger/table/values.ts';
import type { Published } from './bus.ts';
import { DERIVED } from './false-alarms.ts';
import type { Expected, Rest } from './oracle.ts';

/**
 * The part of a detail that one id and revision fixes. For Telnyx's event types it is the event; other members of our
 * own types may have changed in the meantime.
 */
function contentOf({ detail, type }: Published): unknown {
  if (/^notification\./.test(type)) return [detail.missed_at, detail.recovered_at];
  if (DERIVED.includes(type)) return [detail.event_id, detail.overdue_since, detail.from, detail.to];
  return detail.event;
}

/**
 * Compares what was published, and what the consumer made of it, with what there was to publish.
 *
 * @returns the number of ids that are on the bus more than once
 */
export function checkPublished(
  { bus, truth, plan }: Rest,
  expected: ReadonlyMap<string, Expected>,
  rows: ReadonlyMap<string, Row>,
): number {
  const byId = Map.groupBy(bus.published, ({ detail }) => detail.id);
  for (const [id, all] of byId) {
    const byRevision = Map.groupBy(all, ({ detail }) => detail.revision);
    for (const [revision, same] of byRevision) {
      const [first, ...others] = same.map(contentOf);
      if (others.some((other) => !isDeepStrictEqual(first, other)))
        truth.violate('I5', `two contents of revision ${revision}`, [id]);
    }
  }

  for (const [id, { event, happening }] of expected) {
    const { webhook } = happening;
    const ids = [id, ...(webhook ? [webhook.id] : [])];
    const known = ids.flatMap((one) => bus.consumed.get(one) ?? []).filter(({ type }) => type === event.event_type);
    const isWhole =
      event.payload === null || known.some(({ detail }) => (detail.event as { payload?: unknown }).payload);
    if (known.length === 0) truth.violate('I4', 'never published', [id]);
    else if (!isWhole) truth.violate('I4', 'published without its payload only', [id]);
    for (const { detail } of known) {
      const { porting_order_id } = detail.event as { porting_order_id?: string };
      const order = detail.order as { id: string; events: { by_type: Record<string, number> } } | null;
      const isAfter = order?.id === porting_order_id && (order?.events.by_type[event.event_type] ?? 0) > 0;
      if (!isAfter) truth.violate('I7', 'published without the state after it', [id]);
    }
    const row = rows.get(id);
    const published = bus.consumed.get(id)?.detail.revision ?? 0;
    if (row && plan.retainDays === undefined && published > (numberIn(row, 'revision') ?? 0))
      truth.violate('I5', 'a revision that never existed', [id]);
  }

  for (const [id, row] of rows) {
    if (textIn(row, 'unpublished') !== undefined) truth.violate('I4', 'still marked as unpublished', [id]);
  }
  const lastPart = truth.hidden;
  for (const { detail, type, at } of bus.published) {
    const hiddenAt = lastPart.get(detail.id);
    if (plan.retainDays !== undefined && hiddenAt !== undefined && at > hiddenAt) {
      truth.violate('retention', `${type} is published after it has expired`, [detail.id]);
    }
  }
  return [...byId.values()].filter((all) => all.length > 1).length;
}
