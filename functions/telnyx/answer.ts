import { isObject } from '../porting/event.ts';
import { numberOf } from '../porting/json.ts';
import { isUsedUp, retryAfterOf } from './rate-limit.ts';
import { UpstreamError } from './upstream-error.ts';

/** The largest page of Telnyx's lists (docs/telnyx.md §1). */
export const LARGEST_PAGE = 250;

/** The records of one page of a list, and the totals of the whole list. */
export interface AnsweredPage {
  readonly records: readonly unknown[];
  readonly totalResults: number;
  readonly totalPages: number;
}

/**
 * Reads a page of a list. An answer without a list and its totals proves nothing about what was listed, so it counts as
 * no answer.
 *
 * @param of what is listed, in the plural
 * @throws {UpstreamError} `unreadable`
 */
export function readPage(answer: unknown, of: string): AnsweredPage {
  const { data, meta: given } = isObject(answer) ? answer : {};
  const meta = isObject(given) ? given : {};
  const [totalResults, totalPages] = [numberOf(meta.total_results), numberOf(meta.total_pages)];
  if (!Array.isArray(data) || !isCount(totalResults) || !isCount(totalPages)) {
    throw new UpstreamError('unreadable', `Telnyx's answer is no page of ${of}: it has no data, or no totals in meta.`);
  }
  return { records: data, totalResults, totalPages };
}

/** Seconds to wait before the next request, when this answer used up the rate limit. */
export function holdSecondsOf({ headers }: Response): number | undefined {
  return isUsedUp(headers) ? retryAfterOf(headers, Date.now()) : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
