import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { invalid } from '../http/problem.ts';
import { PageTooLarge } from '../ledger/events/event-list.ts';

/**
 * Lambda's limit for an answer is 6 MB. In it the body is encoded as JSON text again, so each quotation mark takes two
 * bytes.
 */
export const LARGEST_ANSWER = 5_500_000;

/**
 * Makes the answer for a page.
 *
 * @param size the page size that was asked for
 * @throws a 422 that says to ask for fewer, when the answer would be too large
 */
export async function orTooLarge(
  size: number,
  answer: () => Promise<APIGatewayProxyStructuredResultV2>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const answered = await answer().catch((error: unknown) => {
    throw error instanceof PageTooLarge ? tooLarge(size) : error;
  });
  if (Buffer.byteLength(JSON.stringify(answered)) > LARGEST_ANSWER) throw tooLarge(size);
  return answered;
}

function tooLarge(size: number) {
  return invalid(
    '10033',
    'Value out of range',
    `The ${size} events of this page are larger than an answer may be (6 MB). Ask for a smaller page[size].`,
    { parameter: 'page[size]' },
  );
}
