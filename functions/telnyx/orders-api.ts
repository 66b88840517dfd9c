import { isObject } from '../porting/event.ts';
import { readJson } from '../porting/json.ts';
import { type AnsweredPage, holdSecondsOf, LARGEST_PAGE, readPage } from './answer.ts';
import { type ClientOptions, telnyxClient } from './client.ts';
import { UpstreamError } from './upstream-error.ts';

/**
 * One porting order as Telnyx shows it, private members included: pass it to `readDetails` of porting/order-details.ts,
 * which takes what may be kept, and to nothing else.
 */
export interface ShownOrder {
  readonly record: unknown;
  /** Seconds to wait before the next request, when this answer used up the rate limit. */
  readonly holdSeconds: number | undefined;
}

/** One page of orders, each as in {@link ShownOrder}, with the totals of the list. */
export interface OrdersPage extends AnsweredPage {
  readonly holdSeconds: number | undefined;
}

/** Telnyx's porting orders (docs/telnyx.md §6.1). Every call is one HTTP request; the caller decides its pace. */
export interface OrdersApi {
  /** Throws {@link UpstreamError}: `not found` when the order is gone. */
  readonly show: (id: string, signal?: AbortSignal) => Promise<ShownOrder>;
  /**
   * One page of the list, newest first, which may lag behind `show`. Throws {@link UpstreamError}.
   *
   * @param page `number` from 1, `size` from 1 to 250, which is the default
   */
  readonly list: (
    page: { readonly number: number; readonly size?: number },
    signal?: AbortSignal,
  ) => Promise<OrdersPage>;
}

/** The first 50 phone numbers come with an order unless they are refused. They may not be kept, so they do not come. */
const WITHOUT_PHONE_NUMBERS = { include_phone_numbers: false };

/** Telnyx's porting orders, through its official SDK. */
export function ordersApi(options: ClientOptions): OrdersApi {
  const { telnyx, ask } = telnyxClient(options);
  return {
    show: (id, signal) =>
      ask(async (options) => {
        const response = await telnyx.portingOrders.retrieve(id, WITHOUT_PHONE_NUMBERS, options).asResponse();
        const holdSeconds = holdSecondsOf(response);
        const answer = readJson(await response.text());
        if (!isObject(answer) || !isObject(answer.data)) {
          throw new UpstreamError('unreadable', "Telnyx's answer is no porting order: it has no data.");
        }
        return { record: answer.data, holdSeconds };
      }, signal),

    list: ({ number, size = LARGEST_PAGE }, signal) =>
      ask(async (options) => {
        const query = { ...WITHOUT_PHONE_NUMBERS, 'page[number]': number, 'page[size]': size };
        // The SDK's own page class turns an answer without a list into an empty one, which would look complete.
        const response = await telnyx.portingOrders.list(query, options).asResponse();
        const holdSeconds = holdSecondsOf(response);
        return { ...readPage(readJson(await response.text()), 'porting orders'), holdSeconds };
      }, signal),
  };
}
