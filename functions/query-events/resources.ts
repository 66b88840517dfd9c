import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HealingSettings } from '../health/judged-status.ts';
import type { AuthorizedEvent } from '../http/authorize.ts';
import type { Tokens } from '../http/tokens.ts';
import type { OrderStore } from '../ledger/table/store.ts';

/** What routes read from. */
export interface Resources {
  readonly store: OrderStore;
  /** The valid tokens: every caller has one, and cursors are sealed with a key derived from them. */
  readonly tokens: () => Promise<Tokens>;
  readonly healing: HealingSettings;
  /** The page with an entry for each finding. */
  readonly runbookUrl: string;
  /** The IANA time zone in which days are named. */
  readonly zone: string;
}

/** A GET route for callers with a token. `path` is in API Gateway's form. */
export interface ReadRoute {
  readonly path: string;
  readonly handler: (event: AuthorizedEvent) => Promise<APIGatewayProxyStructuredResultV2>;
}
