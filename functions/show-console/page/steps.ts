import { membersOf } from '../../porting/event.ts';
import { recordTime, type Timestamp } from '../../porting/timestamp.ts';
import type { LedgerEvent, Order } from './answers.ts';

/** A step of an order's way. */
export interface Step {
  readonly name: string;
  /** When the order first came here; null when it has not, or no event says so. */
  readonly at: Timestamp | null;
  readonly is: 'done' | 'now' | 'ahead';
  /** What is remarkable at this step: `refused`, `cancelled`. */
  readonly note?: string;
  /** When the order is to come here, if that is known. */
  readonly due?: Timestamp;
}

const STEPS = [
  ['Draft', ['draft']],
  ['Sent', ['in-process']],
  ['With the carrier', ['submitted']],
  ['Date set', ['foc-date-confirmed', 'activation-in-progress']],
  ['Ported', ['ported']],
] as const satisfies readonly (readonly [string, readonly string[]])[];

const NOTES: ReadonlyMap<string, string> = new Map([
  ['exception', 'refused'],
  ['cancel-pending', 'being cancelled'],
  ['cancelled', 'cancelled'],
  ['deleted', 'deleted'],
]);

/**
 * The way of an order: where it is, and when it first came to each step. A refused or cancelled order stands at the
 * last step that it reached, with a note.
 *
 * @param events the order's, oldest first
 */
export function stepsOf({ status, terminal, details }: Order, events: readonly LedgerEvent[]): readonly Step[] {
  const first = new Map<string, Timestamp>();
  for (const { event_type, payload, created_at } of events) {
    if (event_type !== 'porting_order.status_changed') continue;
    const { value } = membersOf(membersOf(payload).status);
    const at = recordTime(created_at);
    if (typeof value === 'string' && at !== undefined && !first.has(value)) first.set(value, at);
  }
  const value = status?.value ?? '';
  const reached = STEPS.map(([, statuses]) => statuses.flatMap((one) => first.get(one) ?? []).sort()[0] ?? null);
  const own = STEPS.findIndex(([, statuses]) => statuses.some((one) => one === value));
  const last = reached.findLastIndex((at) => at !== null);
  const here = own === -1 ? Math.max(0, last) : own;
  const note = NOTES.get(value);
  const date = terminal ? null : (details?.foc_date ?? null);
  return STEPS.map(([name], index) => ({
    name,
    // A date that was taken back is no longer reached.
    at: index <= here ? (reached[index] ?? null) : null,
    is: index < here ? 'done' : index > here ? 'ahead' : value === 'ported' ? 'done' : 'now',
    ...(index === here && note !== undefined && { note }),
    ...(index === STEPS.length - 1 && date !== null && { due: date }),
  }));
}
