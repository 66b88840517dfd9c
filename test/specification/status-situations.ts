import { learnChannel } from '../../functions/ledger/events/channels.ts';
import { recordFault } from '../../functions/ledger/status/upstream-state.ts';
import { ran } from '../query-events/seed.ts';
import { closed, INVALID, of, REFUSED, reader, type Situation, whileDynamoDb } from './situation.ts';

const STATUS = 'GET /v2/status';

/** Every status of the API's routes about the ledger itself. */
export const ofStatus: readonly Situation[] = [
  ...of(STATUS, [
    [200, 'as it is', (api) => api.ask(STATUS, reader)],
    [
      200,
      'when Telnyx accepts no requests',
      async (api) => {
        await recordFault(api.store, 'rate limited', Date.now(), 60);
        await learnChannel(api.store, 'porting_order.split', '2026-03-01T12:00:00.000000Z');
        await ran(api.store, Date.now() - 1_000, { status: 'partial', error: 'the function is about to end' });
        return api.ask(STATUS, reader);
      },
    ],
    [422, 'a parameter', (api) => api.ask(`${STATUS}?verbose=true`, reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(STATUS, reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(STATUS, reader))],
  ]),
  ...closed(STATUS, () => STATUS),
];
