import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { startDynamodbLocal } from './engine.ts';
import { NotInstalled } from './install.ts';

/**
 * Tests of what the engine must do: the same files that run on the embedded engine. Tests of faults of Telnyx, the bus
 * or a dying process ask nothing else of the engine, and would take ten minutes on this one.
 */
const suites = [
  'test/ledger/',
  'test/sync-events/complete.test.ts',
  'test/receive-webhook/',
  'test/query-events/',
  'test/republish-event/',
  'test/publish-events/',
  'test/start-jobs/',
  'test/run-jobs/job.test.ts',
  'test/local-stack.test.ts',
];

const root = resolve(import.meta.dirname, '../..');

/** Runs the tests on AWS's DynamoDB Local. Arguments go to vitest and replace the suites above. */
async function run(wanted: readonly string[]): Promise<number> {
  const engine = await startDynamodbLocal();
  try {
    const vitest = spawn(
      process.execPath,
      [resolve(root, 'node_modules/vitest/vitest.mjs'), 'run', ...(wanted.length > 0 ? wanted : suites)],
      { cwd: root, stdio: 'inherit', env: { ...process.env, DYNAMODB_ENDPOINT: engine.endpoint } },
    );
    const [code] = await once(vitest, 'exit');
    return code ?? 1;
  } finally {
    await engine.end();
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof NotInstalled)) throw error;
  console.error(`npm run test:dynamodb-local: ${error.message}`);
  process.exitCode = 1;
}
