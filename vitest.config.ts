import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Metrics carry it wherever they are written.
    env: { LEDGER_NAME: 'test' },
    setupFiles: ['test/quiet.ts'],
    // Real engines and HTTP servers, on machines with two busy cores: slow is not broken.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
