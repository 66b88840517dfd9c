import { learnChannel } from '../../functions/ledger/events/channels.ts';
import { createJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { putDeadLetters } from '../../functions/ledger/status/dead-letters.ts';
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
    [
      200,
      'with work that failed or stands still',
      async ({ store, ask }) => {
        const window = { from: Date.now() - 7_200_000, to: Date.now() - 3_600_000 };
        const { run } = await requestRun(store, `${new Date().toISOString()}-failed`, window, Date.now());
        await ran(store, Date.now(), { id: run.id, trigger: 'requested', window, status: 'failed', error: 'No.' });
        await createJob(store, { id: 'job', ids: ['an-event'], selection: {}, by: 'me', requestId: 'r' }, Date.now());
        await putDeadLetters(store, { scheduled_runs: 1, stream_batches: 2 }, Date.now());
        return ask(STATUS, reader);
      },
    ],
    [422, 'a parameter', (api) => api.ask(`${STATUS}?verbose=true`, reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(STATUS, reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(STATUS, reader))],
  ]),
  ...closed(STATUS, () => STATUS),
];
