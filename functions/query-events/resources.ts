import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AuthorizedEvent } from '../http/authorize.ts';
import type { Tokens } from '../http/tokens.ts';
import type { OrderStore } from '../ledger/table/store.ts';

/** What routes read from. */
export interface Resources {
  readonly store: OrderStore;
  /** The valid tokens: every caller has one, and cursors are sealed with a key derived from them. */
  readonly tokens: () => Promise<Tokens>;
  /** Whether missed notifications are republished, and the most of them in a day. */
  readonly healing: { readonly mode: 'off' | 'republish'; readonly perDay: number };
}

/** A GET route for callers with a token. `path` is in API Gateway's form. */
export interface ReadRoute {
  readonly path: string;
  readonly handler: (event: AuthorizedEvent) => Promise<APIGatewayProxyStructuredResultV2>;
}
