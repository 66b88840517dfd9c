import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';
import { browser } from './browser.ts';
import { type Front, openFront } from './front.ts';
import { type Provoked, watch } from './watched-page.ts';

export interface VisitOptions extends Pick<BrowserContextOptions, 'colorScheme' | 'viewport' | 'timezoneId'> {
  /** Whose token the address holds, as `npm start` prints it; an operator's by default. */
  readonly as?: 'reader' | 'operator' | 'nobody';
  /** The fragment to open, such as `#/orders/...`; the first view if omitted. */
  readonly at?: string;
  /** Between the browser and the ledger; one without a script by default. */
  readonly front?: Front;
  readonly provoked?: Provoked;
  /** An instant at which the page's clock stands; the ledger's time, which goes on, by default. */
  readonly now?: string;
}

/** What takes this long has hung. */
const HANGS_AFTER_MS = 120_000;
const LAPTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/**
 * Opens the console, at the ledger's time, on a clock that the test can move (`page.clock`). The test fails if anything
 * goes wrong in the page, seen or not, or if the page was given an answer that is not documented.
 */
export async function visit(options: VisitOptions = {}): Promise<Page> {
  const { as = 'operator', at, front = await newFront(), provoked = [], now } = options;
  const { colorScheme = 'light', viewport = LAPTOP, timezoneId = 'America/New_York' } = options;
  const context = await (await browser()).newContext({
    ...{ colorScheme, viewport, timezoneId, locale: 'en-US', acceptDownloads: true },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(HANGS_AFTER_MS);
  const page = await context.newPage();
  if (now === undefined) await page.clock.install({ time: Date.now() + inject('ahead') });
  else await page.clock.setFixedTime(now);
  const { faults } = await watch(context, page, { origin: front.url, provoked });
  onTestFinished(async () => {
    await context.close();
    expect([...faults(), ...front.undocumented]).toEqual([]);
  });

  const { tokens } = inject('ledger');
  const token = { reader: tokens.read, operator: tokens.operate, nobody: undefined }[as];
  const place = at?.replace(/^#/, '') ?? '';
  await page.goto(`${front.url}/#${token === undefined ? place : `token=${token}&${place}`}`);
  await page.waitForFunction(() => !location.hash.includes('token'));
  return page;
}

/** A front that closes with the test. */
export async function newFront(): Promise<Front> {
  const front = await openFront(inject('ledger').url);
  onTestFinished(front.close);
  return front;
}
