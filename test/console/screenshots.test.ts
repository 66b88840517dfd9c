/**
 * The pictures of the documentation, of seed 1 at its own time. `npm run screenshots` writes them to docs/; otherwise
 * they are only proved possible.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { OrderState } from '../../functions/porting/order.ts';
import { always, type Page as Listed } from './answers.ts';
import { openView, settled, truth } from './views.ts';
import { newFront, PHONE, type VisitOptions, visit } from './visit.ts';
import type { View } from './words.ts';

interface Picture {
  readonly file: string;
  /** A view, or the order with the soonest deadline. */
  readonly of: View | 'order';
  readonly options?: VisitOptions;
}

const PICTURES: readonly Picture[] = [
  { file: 'console.png', of: 'Needs you', options: { viewport: { width: 1280, height: 530 } } },
  { file: 'console-phone.png', of: 'Needs you', options: { viewport: PHONE } },
  { file: 'console-this-week.png', of: 'This week', options: { colorScheme: 'dark' } },
  { file: 'console-order.png', of: 'order' },
];
/** Two hours after the account stands still: a picture must not show how long ago the tests began. */
const NOW = '2026-11-24T16:00:00Z';

test.each(PICTURES)('$file shows $of', async ({ file, of, options }) => {
  const front = await newFront();
  const health = { last_complete_sync_age_seconds: 40, last_sync_status: 'complete' };
  front.script('GET /health', always({ status: 200, body: health }));
  const { data } = await truth<Listed<OrderState>>('/v2/orders?filter[needs]=you');
  const page = await visit({ ...options, front, now: NOW, ...(of === 'order' && { at: `#/orders/${data[0]?.id}` }) });
  if (of === 'order') await settled(page);
  else await openView(page, of);
  // Nothing has the focus, as when a reader has just come.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const picture = await page.screenshot({ animations: 'disabled' });
  // A PNG file says how wide and high it is.
  const { width, height } = page.viewportSize() ?? {};
  expect({ width: picture.readUInt32BE(16), height: picture.readUInt32BE(20) }).toEqual({ width, height });
  await writeFile(join(await folder(), file), picture);
});

async function folder(): Promise<string> {
  const { SCREENSHOTS } = process.env;
  if (SCREENSHOTS) return SCREENSHOTS;
  const temporary = await mkdtemp(join(tmpdir(), 'screenshots-'));
  onTestFinished(() => rm(temporary, { recursive: true, force: true }));
  return temporary;
}
