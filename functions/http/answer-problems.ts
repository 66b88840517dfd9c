import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describeError, log } from '../lambda/log.ts';
import { answerOf, Problem, unavailable } from './problem.ts';

/**
 * Middleware: turns an error of the handler into an answer in Telnyx's error format. A {@link Problem} is answered as
 * it is, an unreachable DynamoDB with a 503, anything else with a 500 that reveals nothing and a line in the log.
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
  const detail = 'Something went wrong here. See the log of the function for the cause.';
  return new Problem(500, '10007', 'Unexpected error', detail, { cause: error });
}

/** Every error of the AWS SDK has `$metadata`. A request that DynamoDB finds invalid is our mistake, not an outage. */
function isOutage(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error && error.name !== 'ValidationException';
}
