import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginRun, endRun } from '../../functions/ledger/runs/sync-state.ts';
import { type Reader, startReader } from './reader.ts';

let reader: Reader;

beforeEach(async () => {
  reader = await startReader();
});

afterEach(async () => {
  vi.useRealTimers();
  await reader.secrets.close();
});

/** A sync run that began `ago` milliseconds ago and ended with `status`. */
async function ran(ago: number, outcome: { status?: 'complete' | 'partial' | 'failed'; complete?: boolean }) {
  const startedAt = Date.now() - ago;
  const lease = await beginRun(reader.store, randomUUID(), startedAt);
  if (!lease) throw new Error('another run has the lease');
  const { status, complete } = outcome;
  await endRun(reader.store, lease, Date.now(), {
    ...(status && { status }),
    ...(complete && { completedAt: startedAt }),
  });
}

/** Expects exactly this answer, without a token. */
async function expectHealth(body: { last_complete_sync_age_seconds: number | null; last_sync_status: string }) {
  const answer = await reader.invoke({ target: '/health' });
  expect(answer.status).toBe(200);
  expect(answer.body).toStrictEqual(body);
  expect(reader.secrets.requests).toBe(0);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-12T19:03:58Z') });
});

test('before the first sync', async () => {
  await expectHealth({ last_complete_sync_age_seconds: null, last_sync_status: 'none' });
});

test('while the first sync runs', async () => {
  await beginRun(reader.store, randomUUID(), Date.now());
  await expectHealth({ last_complete_sync_age_seconds: null, last_sync_status: 'none' });
});

test('after a complete run', async () => {
  await ran(90_400, { status: 'complete', complete: true });
  await expectHealth({ last_complete_sync_age_seconds: 90, last_sync_status: 'complete' });
});

test.each([
  'partial',
  'failed',
] as const)('after a run that was %s, the age is still that of the last complete run', async (status) => {
  await ran(600_000, { status: 'complete', complete: true });
  await ran(300_000, { status });
  await expectHealth({ last_complete_sync_age_seconds: 600, last_sync_status: status });
});

test('after a first run that failed', async () => {
  await ran(1_000, { status: 'failed' });
  await expectHealth({ last_complete_sync_age_seconds: null, last_sync_status: 'failed' });
});

test('a requested run changes nothing', async () => {
  await ran(600_000, { status: 'complete', complete: true });
  await ran(10_000, {});
  await expectHealth({ last_complete_sync_age_seconds: 600, last_sync_status: 'complete' });
});

test('a clock that was set back never causes a negative age', async () => {
  await ran(-60_000, { status: 'complete', complete: true });
  await expectHealth({ last_complete_sync_age_seconds: 0, last_sync_status: 'complete' });
});
