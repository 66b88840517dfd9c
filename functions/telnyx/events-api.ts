import { readJson } from '../porting/json.ts';
import type { Window } from '../porting/window.ts';
import { type AnsweredPage, holdSecondsOf, LARGEST_PAGE, readPage } from './answer.ts';
import { type ClientOptions, telnyxClient } from './client.ts';
import { UpstreamError } from './upstream-error.ts';

/** One page of the list, with its totals. */
export interface ListPage extends AnsweredPage {
  /** The number of records that were asked for: a page with fewer is not full. */
  readonly pageSize: number;
  /** Seconds to wait before the next request, when this answer used up the rate limit. */
  readonly holdSeconds: number | undefined;
  /** The time on Telnyx's clock, in milliseconds since 1970, to the second. */
  readonly telnyxTime: number | undefined;
}

/** Telnyx's Port In Events API. Every call is one HTTP request; the caller decides whether to repeat it. */
export interface EventsApi {
  /** One page of the events created within a window, both ends included. Throws {@link UpstreamError}. */
  readonly list: (window: Window, pageNumber: number, signal?: AbortSignal) => Promise<ListPage>;
  /** Asks Telnyx to send an event's notifications again. Only a 204 confirms it. Throws {@link UpstreamError}. */
  readonly republish: (id: string, signal?: AbortSignal) => Promise<void>;
}

/**
 * Telnyx's Port In Events API, through its official SDK.
 *
 * @param options `pageSize`: events in one page of the list; by default the largest possible
 */
export function eventsApi({
  pageSize = LARGEST_PAGE,
  ...options
}: ClientOptions & { readonly pageSize?: number }): EventsApi {
  const { telnyx, ask } = telnyxClient(options);

  return {
    list: (window, pageNumber, signal) =>
      ask(async (options) => {
        const created_at = { gte: new Date(window.from).toISOString(), lte: new Date(window.to).toISOString() };
        const query = { filter: { created_at }, 'page[number]': pageNumber, 'page[size]': pageSize };
        // The SDK's own page class turns an answer without a list into an empty one, which would look complete.
        const response = await telnyx.porting.events.list(query, options).asResponse();
        const holdSeconds = holdSecondsOf(response);
        const date = Date.parse(response.headers.get('date') ?? '');
        const telnyxTime = Number.isNaN(date) ? undefined : date;
        return { ...readPage(readJson(await response.text()), 'events'), pageSize, holdSeconds, telnyxTime };
      }, signal),

    republish: (id, signal) =>
      ask(async (options) => {
        const response = await telnyx.porting.events.republish(id, options).asResponse();
        if (response.status === 204) return;
        await response.body?.cancel();
        throw new UpstreamError('unreadable', `Telnyx answered ${response.status}, and not 204 as to a republish.`, {
          status: response.status,
        });
      }, signal),
  };
}
