import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describeError, log } from '../lambda/log.ts';
import { answerOf, Problem } from './problem.ts';

/**
 * Middleware: whatever a handler throws becomes an answer in Telnyx's error format. A {@link Problem} tells itself; anything else is
 * logged and answered with a 500 that tells nothing.
 */
export function answerProblems<Event>(): MiddlewareObj<Event, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const { error } = request;
      if (error instanceof Problem) {
        if (error.status >= 500) {
          log('error', 'problem', { status: error.status, detail: error.message, cause: describeError(error.cause) });
        }
        request.response = answerOf(error);
        return;
      }
      log('error', 'unexpected_error', { error: describeError(error) });
      request.response = answerOf(
        new Problem(500, '10007', 'Unexpected error', 'Something went wrong here. The log of the function tells what.'),
      );
    },
  };
}
