import type { Locator, Page } from 'playwright-core';
import { inject } from 'vitest';
import type { OrderState } from '../../functions/porting/order.ts';
import type { View } from './words.ts';

/** Follows the link to a view, and waits until it is shown. */
export async function openView(page: Page, view: View): Promise<void> {
  await follow(page, linkTo(page, view));
}

/** Follows a link of a navigation. The view before stays for a moment, and is as settled as the next one. */
export async function follow(page: Page, link: Locator): Promise<void> {
  await link.click();
  await link.and(page.locator('[aria-current]')).waitFor();
  await settled(page);
}

export function linkTo(page: Page, view: View): Locator {
  return page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: new RegExp(`^${view}`) });
}

/** Waits until everything that was asked for is shown. */
export async function settled(page: Page): Promise<void> {
  await page.locator('body').filter({ hasText: /\S/, hasNotText: WAITING }).waitFor();
}

/** What the page says while it waits for an answer. */
export const WAITING = /Loading…|Still waiting…|Reading…/;

/** The rows of the view's table, without its head. */
export function rows(page: Page): Locator {
  return page
    .getByRole('main')
    .getByRole('row')
    .filter({ has: page.getByRole('cell') });
}

/** Whoever is not signed in sees this, and nothing else. */
export function tokenField(page: Page): Locator {
  return page.getByLabel(/\btoken$/i);
}

export async function signIn(page: Page, token: string, { remember = false } = {}): Promise<void> {
  await tokenField(page).fill(token);
  if (remember) await page.getByLabel(/remember/i).check();
  await page.getByRole('button', { name: /^sign in$/i }).click();
}

/** What the ledger itself answers. */
export async function truth<Body>(path: string): Promise<Body> {
  const { url, tokens } = inject('ledger');
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${tokens.read}` } });
  if (answer.status !== 200) throw new Error(`GET ${path} is answered with ${answer.status}`);
  return (await answer.json()) as Body;
}

/** What people call an order. */
export function nameOf({ customer_reference, support_key, id }: OrderState): string {
  return customer_reference ?? support_key ?? id;
}

/** The order in which Telnyx has asked something, and which is not refused. */
export async function askedOrder(): Promise<OrderState> {
  const { data } = await truth<{ data: readonly OrderState[] }>('/v2/orders?filter[needs]=you');
  const found = data.find(({ status, last_comment: last }) => status?.value !== 'exception' && last?.by === 'admin');
  if (!found) throw new Error('Telnyx has asked nothing');
  return found;
}
