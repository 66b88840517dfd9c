import { derivedFrom, type KnownOrder, type Told } from '../../porting/derived.ts';
import { questionIn } from '../../porting/needs.ts';
import { foldOrder, type OrderState } from '../../porting/order.ts';
import { withoutJoined } from '../../porting/pairs.ts';
import { createdAtId } from '../table/event-keys.ts';
import { idIn, numberIn, type Row, textIn, type Values } from '../table/values.ts';
import { readAs } from './order-digest.ts';
import { DATED, NO_STATUS, UNDECIDED } from './order-keys.ts';
import { type HeldFact, pack, unpack } from './order-packing.ts';

/**
 * A row of the table `orders`:
 * - `id`; `facts`: what the fold knows of each event, and the last reading of the order itself (order-packing.ts). They
 *   stay even when the events expire
 * - `version` grows with every write: a writer must have read the present row
 * - the keys of the index by status: `status`, `changed_at_id`; and `since`, the status's own
 * - `asked_at`: when Telnyx had the last word in an open order, and still has it
 * - `dated` and `foc_id`: the keys of an order with a FOC date that is yet to port
 * - `read_as`: the digest of the last reading; with `!` while Telnyx's status differs from the ledger's
 * - `customer_reference`, `support_key`, for people who look at the table; searches use the rows of order-names.ts
 * - `action_told`, `comment_told`, `draft_told`: the events about which something was last published; `foc_told` and
 *   `foc_tellings`: the FOC date that was, `none` for none, and how many were
 * - `undecided`, the key of a sparse index: as far as is known there is something to publish about the order
 * - `overdue_since`, `overdue_at`: the stay in a status that was published as too long, and when it was
 * - `retired` once all its events have expired
 */
export interface HeldOrder extends KnownOrder {
  readonly id: string;
  readonly facts: readonly HeldFact[];
  readonly overdueSince: string | undefined;
  /** The version of the row; 0 when there is none. */
  readonly version: number;
}

/** What the row says; an empty history when there is none. */
export function heldIn(id: string, row: Row | undefined): HeldOrder {
  const { facts, reading } = unpack(row?.facts?.B);
  return {
    id,
    facts,
    reading,
    state: stateOf(id, facts),
    overdueSince: textIn(row, 'overdue_since'),
    told: toldIn(row),
    version: numberIn(row, 'version') ?? 0,
  };
}

/** The order in a row, without what was published of it. */
export function orderIn(row: Row): Pick<HeldOrder, 'state' | 'reading'> {
  const { facts, reading } = unpack(row.facts?.B);
  return { state: stateOf(idIn(row), facts), reading };
}

/** The order in a row, as its events show it. */
export function stateIn(row: Row): OrderState {
  return orderIn(row).state;
}

export function stateOf(id: string, facts: readonly HeldFact[]): OrderState {
  return foldOrder(id, withoutJoined(facts));
}

/**
 * The whole row. Every writer writes all of it: what it leaves out is gone.
 *
 * @param now milliseconds since 1970
 */
export function rowOf(order: HeldOrder, now: number): Values {
  const { id, facts, state, reading, overdueSince, version } = order;
  const { status_since, customer_reference, support_key } = state;
  return {
    id,
    version,
    facts: pack(order),
    status: statusOf(state),
    since: status_since ?? undefined,
    customer_reference: customer_reference ?? undefined,
    support_key: support_key ?? undefined,
    asked_at: questionIn(state)?.at,
    changed_at_id: createdAtId(state.changed_at, id),
    ...focKeysOf(order),
    read_as: reading && readAs(reading),
    ...toldAttributes(order.told),
    undecided: derivedFrom(order, now).length > 0 ? UNDECIDED : undefined,
    overdue_since: overdueSince,
    retired: facts.every(({ gone, of = id }) => gone || of !== id) ? 'yes' : undefined,
  };
}

/** The attributes of what was published. */
export function toldAttributes({ action, comment, draft, foc }: Told): Values {
  return {
    action_told: action,
    comment_told: comment,
    draft_told: draft,
    foc_told: foc && (foc.date ?? NO_DATE),
    foc_tellings: foc?.times,
  };
}

export function statusOf({ status }: OrderState): string {
  return status?.value ?? NO_STATUS;
}

/** A `foc_told` that says: no date. */
const NO_DATE = 'none';

/** The keys of an order that is yet to port. */
function focKeysOf({ id, state, reading }: HeldOrder): Values {
  const foc = reading?.details.foc ?? undefined;
  return foc === undefined || state.terminal || reading?.ended ? {} : { dated: DATED, foc_id: createdAtId(foc, id) };
}

function toldIn(row: Row | undefined): Told {
  const date = textIn(row, 'foc_told');
  return {
    action: textIn(row, 'action_told'),
    comment: textIn(row, 'comment_told'),
    draft: textIn(row, 'draft_told'),
    foc:
      date === undefined
        ? undefined
        : { date: date === NO_DATE ? null : date, times: numberIn(row, 'foc_tellings') ?? 0 },
  };
}
