import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'console',
    include: ['test/console/**/*.test.ts'],
    globalSetup: ['test/console/start.ts'],
    setupFiles: ['test/console/browser.ts'],
    // Slow is not broken: what takes this long has hung.
    testTimeout: 3 * 60_000,
    hookTimeout: 15 * 60_000,
    maxWorkers: 2,
  },
});
