import { defineConfig } from 'vitest/config';

const testsIn = (...folders: readonly string[]) => folders.map((folder) => `test/${folder}/**/*.test.ts`);

/** Pure code, and what needs no more than a server on the loopback. */
const unit = [
  ...testsIn('bus', 'health', 'http', 'lambda', 'porting', 'show-console', 'telnyx'),
  'test/imports.test.ts',
];

/** The functions and the ledger on the embedded engine, or on the one at DYNAMODB_ENDPOINT. */
const engine = testsIn(
  'ledger',
  'publish-events',
  'notify-people',
  'query-deliveries',
  'query-events',
  'receive-webhook',
  'republish-event',
  'republishing',
  'run-jobs',
  'start-jobs',
  'sync-events',
  'watch-ledger',
);

/** One walk through all that `npm start` runs. */
const walk = ['test/local-stack.test.ts'];

const setupFiles = ['test/quiet.ts'];
/** The files of a project with its own time share a worker's modules: they leave nothing behind that another one could see. */
const ownTime = { setupFiles: [...setupFiles, 'test/own-time.ts'], isolate: false };

export default defineConfig({
  test: {
    setupFiles,
    // Slow is not broken: what takes this long has hung.
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: unit, ...ownTime } },
      { extends: true, test: { name: 'engine', include: engine, ...ownTime } },
      { extends: true, test: { name: 'walk', include: walk } },
      {
        extends: true,
        test: {
          name: 'whole',
          globalSetup: 'test/build-functions.ts',
          include: ['test/**/*.test.ts'],
          // The console's tests need a browser, and have their own configuration.
          exclude: [...unit, ...engine, ...walk, 'test/console/**'],
        },
      },
    ],
  },
});
