import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { LocalTokens } from '../../infra/local/kept-tokens.ts';

/** A running ledger. */
export interface Served {
  readonly url: string;
  readonly tokens: LocalTokens;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly ledger: Served;
    /** How far the ledger's clock is ahead of the real one, in milliseconds. */
    readonly ahead: number;
  }
}

/** A Tuesday morning. Its week has a Thursday to come, and no clock changes in it. */
const BEGIN = '2026-11-24T14:00:00Z';

/** Starts the ledger for all tests, at its own time. */
export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const clock = join(import.meta.dirname, 'clock.ts');
  const ahead = Date.parse(BEGIN) - Date.now();
  const child = fork(join(import.meta.dirname, 'served-ledger.ts'), {
    execArgv: ['--import', clock],
    env: { PATH: process.env.PATH, TZ: 'UTC', CLOCK: BEGIN },
  });
  const ended = once(child, 'exit');
  const begun = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (begun === undefined) throw new Error('The ledger has not started; it says why above');
  project.provide('ledger', begun[0] as Served);
  project.provide('ahead', ahead);
  return async () => {
    child.disconnect();
    await ended;
  };
}
