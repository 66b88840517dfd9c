import { type PortingEvent, recordOf } from '../../porting/event.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';
import { deliveredIn, listedIn } from './bodies.ts';

/**
 * A row of the table `events`:
 * - `id`, and the keys of the indexes: `record_type`, `event_type`, `porting_order_id`, `created_at_id`
 *   (`created_at#id`), `first_seen_id` (when the ledger first saw the event, `#id`)
 * - `listing`, `delivery`: what each source said about it: bodies.ts. `record_version` grows as Telnyx completes it
 * - where it came from: `webhook_first_at`, `webhook_last_at` (of the second and later ones), `webhook_deliveries`,
 *   `listed_first_at`
 * - which republishes were requested: `republish_count`, `republish_last_at`, `republish_last_by`,
 *   `republish_last_outcome`
 * - what was published, and what must be: outbox-marks.ts
 * - whether its webhook came: awaited.ts
 * - whether it is one event with another row: join.ts
 */

/** What the ledger knows about an event beside Telnyx's record. Instants as `2024-06-11T18:52:47.972000Z`. */
export interface LedgerMember {
  readonly first_seen_at: string | null;
  readonly first_seen_by: 'webhook' | 'list';
  readonly webhook_deliveries: number;
  readonly webhook_last_at: string | null;
  readonly listed_at: string | null;
  readonly republish_count: number;
  readonly republish_last_at: string | null;
  /** Version of the event's content, as published on the bus. */
  readonly revision: number;
  readonly published_at: string | null;
  /** When its webhook was given up; null when none was due, or it came in time. */
  readonly missed_at: string | null;
  readonly recovered_at: string | null;
}

/** An event as the ledger shows it: Telnyx's record with one more member. */
export type LedgerEvent = PortingEvent & { readonly ledger: LedgerMember };

/** The id of the same event in the list, if this row was joined to it: join.ts. */
export function joinedToIn(row: Row): string | undefined {
  return row.listed_first_at === undefined ? textIn(row, 'joined_to') : undefined;
}

/** The event in a row. */
export function eventIn(row: Row): LedgerEvent | undefined {
  const record = recordOf(listedIn(row), deliveredIn(row));
  return record && { ...record, ledger: ledgerMember(row) };
}

function ledgerMember(row: Row): LedgerMember {
  const webhookFirstAt = textIn(row, 'webhook_first_at');
  const listedAt = textIn(row, 'listed_first_at');
  const byWebhook = webhookFirstAt !== undefined && (listedAt === undefined || webhookFirstAt <= listedAt);
  return {
    first_seen_at: (byWebhook ? webhookFirstAt : listedAt) ?? null,
    first_seen_by: byWebhook ? 'webhook' : 'list',
    webhook_deliveries: numberIn(row, 'webhook_deliveries') ?? 0,
    webhook_last_at: textIn(row, 'webhook_last_at') ?? webhookFirstAt ?? null,
    listed_at: listedAt ?? null,
    republish_count: numberIn(row, 'republish_count') ?? 0,
    republish_last_at: textIn(row, 'republish_last_at') ?? null,
    revision: numberIn(row, 'revision') ?? 0,
    published_at: textIn(row, 'published_at') ?? null,
    missed_at: textIn(row, 'missed_at') ?? null,
    recovered_at: textIn(row, 'recovered_at') ?? null,
  };
}
