import { takeSingleCall } from '../../functions/ledger/status/single-calls.ts';
import { type Api, BETWEEN_REQUESTS } from './api.ts';

/** A way to make one operation answer with one status. */
export interface Situation {
  /** As docs/openapi.yaml names it. */
  readonly operation: string;
  readonly status: number;
  readonly what: string;
  readonly ask: (api: Api) => Promise<Response>;
  /** Runs in functions that have never reached Secrets Manager. */
  readonly withoutSecrets?: true;
}

/** DynamoDB answers, but refuses the function: an outage. */
export const REFUSED = { refuse: 400, type: 'AccessDeniedException' } as const;
/** DynamoDB finds the function's request invalid: a mistake in the function. */
export const INVALID = { refuse: 400, type: 'ValidationException' } as const;
export const whileDynamoDb =
  (fault: typeof REFUSED | typeof INVALID, ask: Situation['ask']): Situation['ask'] =>
  (api) => {
    api.engine.fault = () => fault;
    return ask(api);
  };

/** Single calls of others have taken all turns that a request could wait for. */
export const whileOthersWait =
  (ask: Situation['ask']): Situation['ask'] =>
  async (api) => {
    for (let taken = 0; taken < 4; taken += 1) await takeSingleCall(api.store, Date.now() + BETWEEN_REQUESTS);
    return ask(api);
  };

export const reader = { token: 'read' } as const;
export const operator = { token: 'operate' } as const;

/** Situations of one operation. */
export function of(operation: string, situations: readonly [status: number, what: string, ask: Situation['ask']][]) {
  return situations.map(([status, what, ask]): Situation => ({ operation, status, what, ask }));
}

/** The refusals of every route with a token. `target` is a path that exists. */
export function closed(operation: string, target: (api: Api) => string): readonly Situation[] {
  return [
    ...of(operation, [
      [401, 'no token', (api) => api.ask(target(api))],
      [401, 'an unknown token', (api) => api.ask(target(api), { token: 'unknown' })],
    ]),
    {
      operation,
      status: 503,
      what: 'the tokens cannot be read',
      ask: (api) => api.ask(target(api), operator),
      withoutSecrets: true,
    },
  ];
}
