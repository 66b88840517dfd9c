import { createHash } from 'node:crypto';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { markMissed } from '../../functions/ledger/events/awaited.ts';
import { cancelJob } from '../../functions/ledger/jobs/job-progress.ts';
import { listItems } from '../../functions/ledger/jobs/republish-items.ts';
import { createJob, oldestUnsettled, readJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import { eventually } from '../eventually.ts';
import { startFaultyEngine } from '../faulty-engine.ts';
import { captureLog } from '../handlers.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { bearer, listed, operateToken, readToken } from '../query-events/reader.ts';
import { rowsIn } from '../receive-webhook/receiver.ts';
import { JOBS, jobIn, type Starter, startStarter } from './starter.ts';

const caller = `operate:${createHash('sha256').update(operateToken).digest('hex').slice(0, 8)}`;

let starter: Starter;

beforeEach(async () => {
  captureLog();
  starter = await startStarter();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await starter.close();
});

/** The ids of a job's events, in the order of the job. */
async function idsOf(id: string): Promise<readonly string[]> {
  const held = await readJob(starter.store, id, Date.now());
  if (!held) throw new Error(`There is no job ${id}.`);
  return (await listItems(starter.store, held, 0, held.job.total)).map(({ event_id }) => event_id);
}

/** Six events an hour apart, of two types and two orders, the last two missed; not in order of time. */
async function fill(): Promise<void> {
  for (const number of [3, 1, 6, 2, 5, 4]) {
    const event = listedEvent(number, {
      event_type: number % 2 === 0 ? 'porting_order.new_comment' : 'porting_order.status_changed',
      porting_order_id: uuid(number <= 3 ? 901 : 902),
      created_at: `2026-03-01T0${number}:00:00.000000Z`,
    });
    await listed(starter.store, event, Date.parse('2026-03-02'));
    if (number > 4) await markMissed(starter.store, event.id, Date.parse('2026-03-02'));
  }
}

describe('a job', () => {
  test('of ids: 202; each id once, in the given order, including ids that are not in the ledger', async () => {
    const ids = [uuid(3), uuid(1), uuid(0xab).toUpperCase(), uuid(3)];
    const before = new Date().toISOString();
    const answer = await starter.post(JOBS, { ids });
    expect(answer.status).toBe(202);
    const job = jobIn(answer);
    expect(job).toEqual({
      id: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z-[0-9a-f]{8}$/),
      status: 'pending',
      created_at: expect.stringMatching(/^20.*Z$/),
      created_by: caller,
      selection: { id_count: 3 },
      total: 3,
      done: 0,
      outcomes: { sent: 0, not_found: 0, failed: 0, unknown: 0 },
      started_at: null,
      ended_at: null,
      error: null,
    });
    expect(job.id >= before).toBe(true);
    expect(await idsOf(job.id)).toEqual([uuid(3), uuid(1), uuid(0xab)]);
    expect((await oldestUnsettled(starter.store, Date.now()))?.job).toEqual(job);
  });

  test('of 10,000 ids', async () => {
    const ids = Array.from({ length: 10_000 }, (_, number) => uuid(number));
    const job = jobIn(await starter.post(JOBS, { ids }));
    expect(job.total).toBe(10_000);
    expect(await idsOf(job.id)).toEqual(ids);
    const held = await readJob(starter.store, job.id, Date.now());
    expect(held && (await listItems(starter.store, held, 998, 5)).map(({ event_id }) => event_id)).toEqual(
      ids.slice(998, 1_003),
    );
  });

  test.each<[Record<string, unknown>, number[]]>([
    [{ from: '2026-03-01T02:00:00Z', to: '2026-03-01T05:00:00Z' }, [2, 3, 4, 5]],
    [{ from: '2026-03-01T03:00:00.000001+01:00' }, [3, 4, 5, 6]],
    [{ to: '2026-03-01T01:00:00Z' }, [1]],
    [{ type: 'porting_order.new_comment' }, [2, 4, 6]],
    [{ type: 'porting_order.new_comment', to: '2026-03-01T04:00:00Z' }, [2, 4]],
    [{ porting_order_id: uuid(902) }, [4, 5, 6]],
    [{ porting_order_id: uuid(902).toUpperCase(), type: 'porting_order.status_changed' }, [5]],
    [{ missed: true }, [5, 6]],
    [{ missed: true, type: 'porting_order.new_comment', porting_order_id: uuid(902) }, [6]],
    [{ missed: true, to: '2026-03-01T05:30:00Z' }, [5]],
  ])('of a filter: %j selects oldest first', async (filter, numbers) => {
    await fill();
    const answer = await starter.post(JOBS, { filter });
    expect(answer.status).toBe(202);
    expect(await idsOf(jobIn(answer).id)).toEqual(numbers.map(uuid));
  });

  test('shows its selection and is fixed: later events are not in it', async () => {
    await fill();
    const filter = { type: 'porting_order.new_comment', from: '2026-03-01T00:00:00+00:00', missed: true };
    const job = jobIn(await starter.post(JOBS, { filter }));
    expect(job.selection).toEqual({ filter: { ...filter, from: '2026-03-01T00:00:00.000000Z' } });
    const late = listedEvent(8, { event_type: 'porting_order.new_comment', created_at: '2026-03-01T08:00:00Z' });
    await listed(starter.store, late, Date.parse('2026-03-02'));
    await markMissed(starter.store, late.id, Date.parse('2026-03-02'));
    expect(await idsOf(job.id)).toEqual([uuid(6)]);
  });

  test("neither runs nor is shown if its request dies before it writes the job's row", async () => {
    const engine = await startFaultyEngine();
    const dying = await startStarter({ endpoint: engine.endpoint });
    // The third chunk and every later write fail.
    let puts = 0;
    engine.fault = (operation) => {
      puts += operation === 'PutItem' ? 1 : 0;
      return puts > 2 ? { refuse: 400, type: 'AccessDeniedException' } : undefined;
    };
    const ids = Array.from({ length: 4_000 }, (_, number) => uuid(number));
    expect((await dying.post(JOBS, { ids })).status).toBe(503);
    // All chunks are written at the same time: the answer may precede the first two.
    await eventually(async () => expect(await rowsIn(dying.store, 'control')).toHaveLength(2));
    expect(await oldestUnsettled(dying.store, Date.now())).toBeUndefined();
    await Promise.all([dying.close(), engine.close()]);
  });
});

describe('a dry run', () => {
  test('of a filter: returns counts and the first events, and makes nothing', async () => {
    await fill();
    const { status, body } = await starter.post(JOBS, { filter: { from: '2026-03-01T02:00:00Z' }, dry_run: true });
    expect(status).toBe(200);
    expect(body.data).toEqual({
      dry_run: true,
      total: 5,
      by_type: { 'porting_order.new_comment': 3, 'porting_order.status_changed': 2 },
      first: [2, 3, 4, 5, 6].map((number) => ({
        id: uuid(number),
        event_type: number % 2 === 0 ? 'porting_order.new_comment' : 'porting_order.status_changed',
        porting_order_id: uuid(number <= 3 ? 901 : 902),
        created_at: `2026-03-01T0${number}:00:00.000000Z`,
      })),
    });
    expect(await rowsIn(starter.store, 'control')).toEqual([]);
  });

  test('of ids: returns the first 100, and how many are not in the ledger', async () => {
    await fill();
    const ids = [uuid(6), ...Array.from({ length: 150 }, (_, number) => uuid(1_000 + number))];
    const { body } = await starter.post(JOBS, { ids, dry_run: true });
    const { first, ...counts } = body.data as { first: Record<string, unknown>[] };
    expect(counts).toEqual({ dry_run: true, total: 151, by_type: { unknown: 150, 'porting_order.new_comment': 1 } });
    expect(first).toHaveLength(100);
    expect(first[0]).toMatchObject({ id: uuid(6), event_type: 'porting_order.new_comment' });
    expect(first[1]).toEqual({ id: uuid(1_000), event_type: null, porting_order_id: null, created_at: null });
  });

  test('with dry_run: false is a job', async () => {
    expect((await starter.post(JOBS, { ids: [uuid(1)], dry_run: false })).status).toBe(202);
  });
});

describe('an invalid request: a 422 points at the mistake, and nothing is made', () => {
  const filter = { missed: true };
  const many = Array.from({ length: 10_001 }, (_, number) => uuid(number));
  test.each<[string, unknown, string, RegExp]>([
    ['no body', undefined, '', /not JSON/],
    ['no JSON', '{"ids": [', '', /not JSON/],
    ['a list', [], '', /JSON object with "ids", "filter", "dry_run"/],
    ['an unknown member', { ids: [uuid(1)], dryrun: true }, '/dryrun', /no member "dryrun"/],
    ['a member of the prototype', '{"ids": [], "__proto__": {}}', '/__proto__', /no member/],
    ['a name that has to be escaped', { 'a/b~c': 1 }, '/a~1b~0c', /no member/],
    ['neither ids nor a filter', {}, '', /either "ids", or "filter"/],
    ['both', { ids: [uuid(1)], filter }, '', /either "ids", or "filter"/],
    ['ids that are not a list', { ids: uuid(1) }, '/ids', /list of event ids/],
    ['no id', { ids: [] }, '/ids', /1 to 10000/],
    ['too many ids', { ids: many }, '/ids', /has 10001 event ids/],
    ['an id that is not a UUID', { ids: [uuid(1), 'x'] }, '/ids/1', /"ids\/1" is "x".*a UUID/],
    ['an id that is a number', { ids: [7] }, '/ids/0', /"ids\/0" is 7/],
    ['dry_run as text', { ids: [uuid(1)], dry_run: 'yes' }, '/dry_run', /true or false/],
    ['a filter that is a text', { filter: 'missed' }, '/filter', /JSON object with "type"/],
    ['an empty filter', { filter: {} }, '/filter', /empty/],
    ['an unknown member of the filter', { filter: { kind: 'missed' } }, '/filter/kind', /no member "kind"/],
    ['a type of another family', { filter: { type: 'portout.new_comment' } }, '/filter/type', /an event type/],
    ['an order that is not a UUID', { filter: { porting_order_id: '7' } }, '/filter/porting_order_id', /UUID/],
    ['a day', { filter: { from: '2026-03-01' } }, '/filter/from', /"filter\/from" is "2026-03-01".*date-time/],
    ['null', { filter: { to: null } }, '/filter/to', /is null/],
    ['missed: false', { filter: { missed: false } }, '/filter/missed', /must be true/],
    [
      'a range backwards',
      { filter: { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' } },
      '/filter/from',
      /later/,
    ],
    ['a filter without events', { filter }, '/filter', /No event is selected/],
    ['a filter without events, dry', { filter, dry_run: true }, '/filter', /No event is selected/],
  ])('%s', async (_, body, pointer, says) => {
    const { status, body: answer } = await starter.post(JOBS, body);
    expect(status).toBe(422);
    expect(answer.errors).toMatchObject([{ detail: expect.stringMatching(says), source: { pointer } }]);
    expect(await rowsIn(starter.store, 'control')).toEqual([]);
  });

  test('a filter that selects more than 10,000, dry or not', async () => {
    const rows = Array.from({ length: 10_001 }, (_, number) => ({
      id: { S: uuid(number) },
      record_type: { S: 'porting_event' },
      event_type: { S: 'porting_order.split' },
      created_at_id: { S: `2026-03-01T00:00:00.${String(number).padStart(6, '0')}Z#${uuid(number)}` },
    }));
    for (let from = 0; from < rows.length; from += 25) {
      const puts = rows.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      const write = new BatchWriteItemCommand({ RequestItems: { [starter.store.events]: puts } });
      await starter.store.client.send(write);
    }
    const from = '2026-03-01T00:00:00.000001Z';
    for (const dry_run of [true, false]) {
      const { status, body } = await starter.post(JOBS, { filter: { type: 'porting_order.split' }, dry_run });
      expect(status).toBe(422);
      expect(body.errors).toMatchObject([{ detail: expect.stringMatching(/More than 10000.*Narrow/) }]);
      const fewer = await starter.post(JOBS, { filter: { from }, dry_run });
      expect(fewer.body.data).toMatchObject({ total: 10_000 });
    }
  });

  test('a body in base64 is read', async () => {
    const body = Buffer.from(JSON.stringify({ ids: [uuid(1)] })).toString('base64');
    const headers = bearer(operateToken);
    const answer = await starter.invoke({ method: 'POST', target: JOBS, headers, body, isBase64Encoded: true });
    expect(answer.status).toBe(202);
  });
});

describe('an Idempotency-Key', () => {
  test('used again with the same content: the same job, marked as replayed', async () => {
    await fill();
    const filter = { type: 'porting_order.new_comment', missed: true };
    const first = await starter.post(JOBS, { filter, dry_run: false }, 'a-key');
    expect(first.status).toBe(202);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    await cancelJob(starter.store, jobIn(first).id, Date.now());
    const again = await starter.post(
      JOBS,
      ' {"filter": {"missed": true,\n "type": "porting_order.new_comment"}}',
      'a-key',
    );
    expect(again.status).toBe(200);
    expect(again.headers).toHaveProperty('idempotent-replayed', 'true');
    expect(jobIn(again)).toMatchObject({ id: jobIn(first).id, status: 'cancelled' });
    expect(JSON.stringify(await rowsIn(starter.store, 'control'))).not.toContain('a-key');
  });

  test('used five times at once: one job', async () => {
    const ids = Array.from({ length: 2_500 }, (_, number) => uuid(number));
    const answers = await Promise.all(Array.from({ length: 5 }, () => starter.post(JOBS, { ids }, 'a-key')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 202]);
    expect(new Set(answers.map((answer) => jobIn(answer).id)).size).toBe(1);
    const jobs = (await rowsIn(starter.store, 'control')).filter(({ kind }) => kind?.S === 'republish-job');
    expect(jobs).toHaveLength(1);
    expect(await idsOf(jobs[0]?.id?.S ?? '')).toEqual(ids);
  });

  test('shared by two requests that select differently: the job has the ids of the request that made it', async () => {
    const { store } = starter;
    const job = { id: '2026-03-01T00:00:00.000Z-00000000', selection: {}, by: 'operate:test' };
    const late = { ...job, ids: [uuid(7), uuid(8), uuid(9)], requestId: 'late' };
    await createJob(store, { ...job, ids: [uuid(1), uuid(2)], requestId: 'first' }, Date.now());
    expect(await createJob(store, late, Date.now())).toMatchObject({ isNew: false, job: { total: 2 } });
    expect(await idsOf(job.id)).toEqual([uuid(1), uuid(2)]);
  });

  test('of a request that died before it made its job: the next request makes it', async () => {
    const engine = await startFaultyEngine();
    const dying = await startStarter({ endpoint: engine.endpoint });
    let puts = 0;
    engine.fault = (operation) => {
      puts += operation === 'PutItem' ? 1 : 0;
      return operation === 'PutItem' && puts === 3 ? { refuse: 400, type: 'AccessDeniedException' } : undefined;
    };
    expect((await dying.post(JOBS, { ids: [uuid(1)] }, 'a-key')).status).toBe(503);
    const again = await dying.post(JOBS, { ids: [uuid(1)] }, 'a-key');
    expect(again.status).toBe(202);
    expect(jobIn(again).total).toBe(1);
    await Promise.all([dying.close(), engine.close()]);
  });

  test('of a request that made nothing is free: another selection works with it', async () => {
    await fill();
    const refused = await starter.post(JOBS, { filter: { from: '2030-01-01T00:00:00Z' } }, 'a-key');
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ code: '10027', source: { pointer: '/filter' } }]);
    const better = await starter.post(JOBS, { filter: { missed: true } }, 'a-key');
    expect(better.status).toBe(202);
    expect(jobIn(better).total).toBe(2);
  });

  test('used more than 24 h ago is free, although its row still exists', async () => {
    await starter.post(JOBS, { ids: [uuid(1)] }, 'a-key');
    vi.setSystemTime(Date.now() + 24 * 3_600_000);
    const again = await starter.post(JOBS, { ids: [uuid(2)] }, 'a-key');
    expect(again.status).toBe(202);
    expect(await idsOf(jobIn(again).id)).toEqual([uuid(2)]);
  });

  test('used with another body, or for another kind of request: 422', async () => {
    await starter.post(JOBS, { ids: [uuid(1)] }, 'a-key');
    for (const [target, body] of [
      [JOBS, { ids: [uuid(2)] }],
      ['/v2/sync-runs', { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' }],
    ] as const) {
      const { status, body: answer } = await starter.post(target, body, 'a-key');
      expect(status).toBe(422);
      expect(answer.errors).toMatchObject([{ source: { parameter: 'Idempotency-Key' } }]);
    }
  });

  test.each(['', 'x'.repeat(256), 'a\tb'])('of invalid form (%j): 422', async (key) => {
    expect((await starter.post(JOBS, { ids: [uuid(1)] }, key)).status).toBe(422);
    expect(await rowsIn(starter.store, 'control')).toEqual([]);
  });
});

describe('cancel', () => {
  test('a job that has not ended: 200, cancelled', async () => {
    const { id } = jobIn(await starter.post(JOBS, { ids: [uuid(1)] }));
    const answer = await starter.post(`${JOBS}/${encodeURIComponent(id)}/cancel`);
    expect(answer.status).toBe(200);
    expect(jobIn(answer)).toMatchObject({ id, status: 'cancelled', ended_at: expect.any(String) });
    const again = await starter.post(`${JOBS}/${id}/cancel`);
    expect({ status: again.status, job: jobIn(again) }).toEqual({ status: 200, job: jobIn(answer) });
  });

  test.each([
    '2026-01-01T00:00:00.000Z-00000000',
    'x'.repeat(2_000),
    '%00',
    '%E0%A4',
  ])('%s does not exist: 404', async (id) => {
    expect((await starter.post(`${JOBS}/${id}/cancel`)).status).toBe(404);
  });
});

describe('permission', () => {
  test.each<[string, Record<string, string>, number]>([
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer wrong-token-0123456789' }, 401],
    ['a reading token', bearer(readToken), 403],
  ])('%s: refused, and nothing is made', async (_, headers, status) => {
    const body = JSON.stringify({ ids: [uuid(1)] });
    for (const target of [JOBS, `${JOBS}/x/cancel`, '/v2/sync-runs']) {
      expect((await starter.invoke({ method: 'POST', target, headers, body })).status).toBe(status);
    }
    expect(await rowsIn(starter.store, 'control')).toEqual([]);
  });

  test('an unknown path: 404', async () => {
    expect((await starter.post('/v2/republish-jobs/x/begin')).status).toBe(404);
  });
});
