/** An event for the bus. Consumers deduplicate by `detail.id` and `detail.revision` (docs/events.md). */
export interface BusEvent {
  /** EventBridge's detail-type: one of Telnyx's event types, or one of ours. */
  readonly type: string;
  readonly detail: Detail;
}

export type Detail = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly revision: number;
  readonly event?: Readonly<Record<string, unknown>>;
  /** The order's state. */
  readonly order?: object | null;
};

/** In the form that PutEvents takes. */
export interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

export const SOURCE = 'port-in-ledger';

/**
 * The largest entry and the largest request, in UTF-8 bytes, as AWS counts them. EventBridge takes 1 MB since January
 * 2026, but targets such as SNS and Step Functions take 256 KB, and would lose a larger event. The rest is for what
 * EventBridge adds to the entry.
 */
export const MOST_BYTES = 250_000;
/** PutEvents takes ten entries per request. */
const MOST_ENTRIES = 10;

/** EventBridge refuses a detail-type of over 128 characters; an unknown event type may have 200. */
const LONGEST_TYPE = 128;

/**
 * The entry of an event. If it is too large, it goes without the event's payload, which `show` still gives. If it is
 * still too large, it goes without the orders that its order was split from and into: some 6,000 of them are 250 KB.
 * Everything else in an order's state has bounds.
 */
export function entryOf({ type, detail }: BusEvent): Entry {
  const holding = (held: Detail): Entry => ({
    Source: SOURCE,
    DetailType: type.slice(0, LONGEST_TYPE),
    Detail: JSON.stringify(held),
  });
  const whole = holding(detail);
  if (sizeOf(whole) <= MOST_BYTES) return whole;
  const slim = holding(withoutPayload(detail));
  return sizeOf(slim) <= MOST_BYTES ? slim : holding(withoutSplits(withoutPayload(detail)));
}

function withoutPayload(detail: Detail): Detail {
  return detail.event ? { ...detail, event: { ...detail.event, payload: null }, payload_omitted: true } : detail;
}

function withoutSplits(detail: Detail): Detail {
  return detail.order
    ? { ...detail, order: { ...detail.order, split_from: [], split_into: [] }, splits_omitted: true }
    : detail;
}

/** The size of an entry as EventBridge counts it. */
export function sizeOf({ Source, DetailType, Detail }: Entry): number {
  return Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}

/** Cuts a list into requests of at most ten entries and {@link MOST_BYTES}, in order. */
export function requestsOf<Item extends { readonly entry: Entry }>(
  items: readonly Item[],
): readonly (readonly Item[])[] {
  const requests: Item[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = sizeOf(item.entry);
    const request = requests.at(-1);
    if (request && request.length < MOST_ENTRIES && bytes + size <= MOST_BYTES) {
      request.push(item);
      bytes += size;
    } else {
      requests.push([item]);
      bytes = size;
    }
  }
  return requests;
}
