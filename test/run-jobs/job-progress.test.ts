import { expect, test } from 'vitest';
import {
  cancelJob,
  completeJob,
  recordProgress,
  settleCancelledJob,
  startJob,
} from '../../functions/ledger/jobs/job-progress.ts';
import { oldestUnsettled } from '../../functions/ledger/jobs/republish-jobs.ts';
import { NOON, openRig } from './rig.ts';

const COUNTS = { sent: 1, not_found: 0, failed: 0, unknown: 0 };

test('a worker that has lost its job to another one can neither record progress nor end the job', async () => {
  const { store, makeJob, job } = await openRig();
  const id = await makeJob(1);
  expect(await startJob(store, id, 'first', NOON)).toBe(true);
  expect(await startJob(store, id, 'second', NOON + 1)).toBe(true);
  expect(await recordProgress(store, id, 'first', COUNTS)).toBe(false);
  expect(await completeJob(store, id, 'first', COUNTS, NOON)).toBe(false);
  expect(await recordProgress(store, id, 'second', COUNTS)).toBe(true);
  expect(await completeJob(store, id, 'second', COUNTS, NOON)).toBe(true);
  expect(await job(id)).toMatchObject({ status: 'complete', started_at: '2026-03-20T12:00:00.000000Z', done: 1 });
});

test('the end of a job may be written twice, as by a retry of the SDK after a lost answer', async () => {
  const { store, makeJob } = await openRig();
  const id = await makeJob(1);
  await startJob(store, id, 'a worker', NOON);
  expect(await completeJob(store, id, 'a worker', COUNTS, NOON)).toBe(true);
  expect(await completeJob(store, id, 'a worker', COUNTS, NOON)).toBe(true);
  expect(await recordProgress(store, id, 'a worker', COUNTS)).toBe(false);
  expect(await startJob(store, id, 'a worker', NOON)).toBe(false);
});

test('a cancelled job accepts only the final counts from its worker', async () => {
  const { store, makeJob, job } = await openRig();
  const id = await makeJob(1);
  await startJob(store, id, 'a worker', NOON);
  expect(await settleCancelledJob(store, id, COUNTS)).toBe(false);
  expect(await cancelJob(store, id, NOON)).toBe(true);
  expect(await startJob(store, id, 'a worker', NOON)).toBe(false);
  expect(await recordProgress(store, id, 'a worker', COUNTS)).toBe(false);
  expect(await completeJob(store, id, 'a worker', COUNTS, NOON)).toBe(false);
  expect(await settleCancelledJob(store, id, COUNTS)).toBe(true);
  expect(await job(id)).toMatchObject({ status: 'cancelled', done: 1 });
});

test('an error stays until the job makes progress again', async () => {
  const { store, makeJob, job } = await openRig();
  const id = await makeJob(1);
  await startJob(store, id, 'a worker', NOON);
  await recordProgress(store, id, 'a worker', COUNTS, { message: 'Telnyx is away.', at: NOON });
  await recordProgress(store, id, 'a worker', COUNTS);
  expect((await job(id)).error).toBe('Telnyx is away.');
  // It has stood still since the first error.
  await recordProgress(store, id, 'a worker', COUNTS, { message: 'Telnyx is down.', at: NOON + 60_000 });
  expect(await oldestUnsettled(store, NOON)).toMatchObject({
    job: { error: 'Telnyx is down.' },
    errorSince: '2026-03-20T12:00:00.000000Z',
  });
  await recordProgress(store, id, 'a worker', COUNTS, null);
  expect(await oldestUnsettled(store, NOON)).toMatchObject({ job: { error: null }, errorSince: undefined });
});
