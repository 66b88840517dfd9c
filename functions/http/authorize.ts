import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { forbidden, unauthorized, unavailable } from './problem.ts';
import { type Caller, callerOf, type Permission, type Tokens } from './tokens.ts';

const BEARER = /^Bearer +([\x21-\x7e]+)$/i;

/** An authorized API request, with its caller. */
export type AuthorizedEvent = APIGatewayProxyEventV2 & { caller: Caller };

/**
 * Middleware: lets a request through if its bearer token has the permission, and adds the caller to the event.
 *
 * @param tokens returns the valid tokens, or throws when they cannot be read: then every request is refused
 */
export function authorize(
  needed: Permission,
  tokens: () => Promise<Tokens>,
): MiddlewareObj<AuthorizedEvent, APIGatewayProxyStructuredResultV2> {
  return {
    before: async ({ event }) => {
      const token = BEARER.exec(event.headers?.authorization ?? '')?.[1];
      if (token === undefined) throw unauthorized('Send a token of this ledger: Authorization: Bearer <token>.');
      const caller = callerOf(token, await inForce(tokens));
      if (!caller) throw unauthorized('This ledger does not know the token. A new token works within 5 minutes.');
      if (needed === 'operate' && caller.permission !== 'operate') {
        throw forbidden('The token may read only. This needs an operate token.');
      }
      event.caller = caller;
    },
  };
}

async function inForce(tokens: () => Promise<Tokens>): Promise<Tokens> {
  try {
    return await tokens();
  } catch (error) {
    throw unavailable('The tokens cannot be checked at the moment. Try again in half a minute.', error);
  }
}
