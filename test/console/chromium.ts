import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Debian's names, and that of Chrome's own package. */
const NAMES = ['chromium-headless-shell', 'chromium', 'google-chrome'];

/** No browser, and the line that says what to install. */
export class NoChromium extends Error {
  override readonly name = 'NoChromium';
}

/**
 * The path of the system's Chromium: CHROMIUM, or the first of the known names on the PATH.
 *
 * @throws {NoChromium}
 */
export function findChromium({ CHROMIUM, PATH = '' }: NodeJS.ProcessEnv): string {
  const named = NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  const found = (CHROMIUM ? [CHROMIUM] : named).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new NoChromium(
    CHROMIUM
      ? `CHROMIUM is ${CHROMIUM}, and there is no such file`
      : 'there is no Chromium: apt-get install chromium-headless-shell, or set CHROMIUM to the path of one',
  );
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(process.env) });
}
