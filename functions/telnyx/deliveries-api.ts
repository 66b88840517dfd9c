import { isObject, KNOWN_TYPES, mayArriveByWebhook } from '../porting/event.ts';
import type { Timestamp } from '../porting/timestamp.ts';
import { type ClientOptions, telnyxClient } from './client.ts';
import { type FailedDelivery, failedDeliveryOf } from './failed-delivery.ts';
import { UpstreamError } from './upstream-error.ts';

/** The types that Telnyx sends by webhook (docs/telnyx.md §1.2): the log's filter takes names, but no family. */
const TYPES_WITH_WEBHOOK = KNOWN_TYPES.filter(mayArriveByWebhook);

/** Which failed deliveries to read: all port-in types without `type`; both bounds included. */
export interface DeliveryFilter {
  readonly type?: string;
  readonly startedFrom?: Timestamp;
  readonly startedTo?: Timestamp;
}

/** One page of failed deliveries, in Telnyx's order, with the totals that Telnyx gives, if any. */
export interface DeliveriesPage {
  readonly deliveries: readonly FailedDelivery[];
  readonly totalPages: number | null;
  readonly totalResults: number | null;
}

/** Telnyx's log of webhook deliveries (docs/telnyx.md §4). Every call is one HTTP request. */
export interface DeliveriesApi {
  /**
   * One page of deliveries of port-in webhooks whose attempts all failed. Throws {@link UpstreamError}.
   *
   * @param page `number` from 1, `size` from 1 to 250
   */
  readonly failed: (
    filter: DeliveryFilter,
    page: { readonly number: number; readonly size: number },
  ) => Promise<DeliveriesPage>;
}

/** Telnyx's log of webhook deliveries, through its official SDK. */
export function deliveriesApi(options: ClientOptions): DeliveriesApi {
  const { telnyx, ask } = telnyxClient(options);
  return {
    failed: ({ type, startedFrom, startedTo }, page) =>
      ask(async (options) => {
        const started_at = { ...(startedFrom && { gte: startedFrom }), ...(startedTo && { lte: startedTo }) };
        const filter = { status: { eq: 'failed' as const }, event_type: type ?? TYPES_WITH_WEBHOOK.join(), started_at };
        const query = { filter, 'page[number]': page.number, 'page[size]': page.size };
        // The SDK's own page class turns an answer without a list into an empty one: it would hide that nothing is
        // known.
        const response = await telnyx.webhookDeliveries.list(query, options).asResponse();
        return readPage(await response.json());
      }),
  };
}

function readPage(answer: unknown): DeliveriesPage {
  const { data, meta: given } = isObject(answer) ? answer : {};
  if (!Array.isArray(data)) {
    throw new UpstreamError('unreadable', "Telnyx's answer is no page of webhook deliveries: it has no data.");
  }
  const meta = isObject(given) ? given : {};
  return {
    deliveries: data.flatMap((record) => failedDeliveryOf(record) ?? []),
    totalPages: countOrNull(meta.total_pages),
    totalResults: countOrNull(meta.total_results),
  };
}

function countOrNull(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}
