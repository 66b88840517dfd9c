import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describeError, log } from '../lambda/log.ts';
import { answerOf, Problem, unavailable } from './problem.ts';

/**
 * Middleware: whatever a handler throws becomes an answer in Telnyx's error format. A {@link Problem} tells itself; a
 * DynamoDB that does not answer is a 503; anything else is logged and answered with a 500 that tells nothing.
 */
export function answerProblems<Event>(): MiddlewareObj<Event, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const problem = problemOf(request.error);
      const { status, message: detail, cause } = problem;
      if (status >= 500)
        log('error', status === 500 ? 'unexpected_error' : 'problem', { status, detail, cause: describeError(cause) });
      request.response = answerOf(problem);
    },
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isOutage(error)) return unavailable('The ledger cannot be reached at the moment. Try again.', error);
  const detail = 'Something went wrong here. The log of the function tells what.';
  return new Problem(500, '10007', 'Unexpected error', detail, { cause: error });
}

/** Every error of the AWS SDK has `$metadata`. A request that DynamoDB finds invalid is our mistake, not an outage. */
function isOutage(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error && error.name !== 'ValidationException';
}
