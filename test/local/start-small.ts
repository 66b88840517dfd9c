/** The start command with one function: a sync that asks its upstream once. A stop waits for it without a limit. */
import { startCommand } from '../../infra/local/start-command.ts';

await startCommand({
  service: {
    tables: {},
    functions: {
      sync: {
        does: 'asks once',
        entry: 'test/local/asking-sync.ts',
        memoryMegabytes: 128,
        timeoutSeconds: 3600,
        environment: { UPSTREAM: { setting: 'telnyxBaseUrl' } },
      },
    },
    webhook: { function: 'sync', path: '/hook' },
    routes: [],
    defaultRoute: { function: 'sync' },
    rules: [],
    schedules: [{ name: 'sync', function: 'sync', runs: { everyMinutes: 5 }, input: {} }],
  },
  loadSeconds: 3600,
  stopWithinMs: 3_600_000,
  sleep: () => new Promise(() => {}),
});
