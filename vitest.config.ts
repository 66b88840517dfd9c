import { defineConfig } from 'vitest/config';

/** Pure code, and what needs no more than a loopback server. */
const unit = ['bus', 'http', 'lambda', 'porting', 'telnyx'].map((folder) => `test/${folder}/**/*.test.ts`);

/** The functions and the ledger on the embedded engine, or on the one at DYNAMODB_ENDPOINT. */
const engine = [
  'ledger',
  'publish-events',
  'query-deliveries',
  'query-events',
  'receive-webhook',
  'republish-event',
  'run-jobs',
  'start-jobs',
  'sync-events',
].map((folder) => `test/${folder}/**/*.test.ts`);

const inProcess = { setupFiles: ['test/quiet.ts', 'test/deadlines.ts'] };

export default defineConfig({
  test: {
    // Metrics carry it wherever they are written.
    env: { LEDGER_NAME: 'test' },
    setupFiles: ['test/quiet.ts'],
    // Slow is not broken: what takes this long has hung.
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: [...unit, 'test/imports.test.ts'], isolate: false, ...inProcess },
      },
      { extends: true, test: { name: 'engine', include: engine, ...inProcess } },
      {
        extends: true,
        test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: [...unit, ...engine, 'test/imports.test.ts'] },
      },
    ],
  },
});
