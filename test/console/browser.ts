import type { Browser } from 'playwright-core';
import { afterAll } from 'vitest';
import { launchChromium } from './chromium.ts';

let launched: Promise<Browser> | undefined;

/** One browser for a file of tests. */
export function browser(): Promise<Browser> {
  launched ??= launchChromium();
  return launched;
}

afterAll(async () => {
  await (await launched)?.close();
  launched = undefined;
});
