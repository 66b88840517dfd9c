import { describe, expect, test } from 'vitest';
import type { Order } from '../../functions/ledger/orders/order-list.ts';
import { eventually } from '../eventually.ts';
import { always, type Page as Listed, manyOrders, referenceOf, withData } from './answers.ts';
import { openView, rows, settled, truth } from './views.ts';
import { newFront, visit } from './visit.ts';

describe('while it is open', () => {
  test('the page asks again every 30 s, and keeps focus and place', async () => {
    const front = await newFront();
    const page = await visit({ front });
    await settled(page);
    const button = page.getByRole('button', { name: /copy/i }).last();
    await button.focus();
    const before = await page.evaluate(() => scrollY);
    const asked = front.asked.length;
    await page.clock.fastForward(31_000);
    await eventually(() => expect(front.asked.length).toBeGreaterThan(asked));
    await settled(page);
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.evaluate(() => scrollY)).toBe(before);
  });

  test('the page asks nothing while it is hidden, and at once when it is seen again', async () => {
    const front = await newFront();
    const page = await visit({ front });
    await settled(page);
    const setHidden = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value: value ? 'hidden' : 'visible', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await setHidden(true);
    const asked = front.asked.length;
    await page.clock.fastForward(95_000);
    await page.evaluate(() => fetch('/health'));
    expect(front.asked.slice(asked).map(({ path }) => path)).toEqual(['/health']);
    await setHidden(false);
    await eventually(() => expect(front.asked.length).toBeGreaterThan(asked + 1));
  });

  test('what changes is said to a screen reader, and the rest of the page stays as it is', async () => {
    const front = await newFront();
    const page = await visit({ front });
    await settled(page);
    const cell = rows(page).first().getByRole('cell').first();
    await cell.evaluate((element) => getSelection()?.selectAllChildren(element));
    const selected = await page.evaluate(() => `${getSelection()}`);
    expect(selected.length).toBeGreaterThan(5);
    front.script(
      'GET /v2/orders/summary',
      withData((data: object) => ({ ...data, needs_you: 17 })),
    );
    await page.clock.fastForward(31_000);
    await page.locator('[aria-live=polite]', { hasText: '17 ports need you.' }).waitFor();
    expect(await page.evaluate(() => `${getSelection()}`)).toBe(selected);
  });

  test('of a long list, only what is on the screen is asked for again', async () => {
    const { data } = await truth<Listed<Order>>('/v2/orders?page[size]=1');
    const [sample] = data;
    if (!sample) throw new Error('there is no order');
    const front = await newFront();
    front.script('GET /v2/orders', manyOrders(10_000, sample));
    const page = await visit({ front });
    await openView(page, 'All');
    await eventually(async () => {
      await page.mouse.wheel(0, 20_000);
      expect(await page.getByText(referenceOf(400)).count()).toBe(1);
    }, 50);
    await page.getByText(referenceOf(210)).scrollIntoViewIfNeeded();
    const place = await page.evaluate(() => scrollY);
    const before = front.asked.length;
    await page.clock.fastForward(31_000);
    await eventually(() => expect(front.asked.length).toBeGreaterThan(before + 2));
    await settled(page);
    const lists = front.asked.slice(before).filter(({ path }) => path === '/v2/orders');
    // The rows of a screen are on one page, or on two.
    expect(lists.map(({ query }) => query.get('page[after]'))).toContain('n200');
    expect(lists.length).toBeLessThanOrEqual(2);
    expect(await page.evaluate(() => scrollY)).toBe(place);
  });
});

describe('how fresh the page is', () => {
  const health = (age: number | null, status: string) =>
    always({ status: 200, body: { last_complete_sync_age_seconds: age, last_sync_status: status } });

  test.each([
    [health(3_600, 'failed'), 'Not up to date: last 60 min ago. See why'],
    [health(3_600, 'complete'), 'Not up to date: last 60 min ago. See why'],
    [health(null, 'failed'), 'Nothing could be read from Telnyx yet. See why'],
  ])('is said in red when the data are in doubt', async (answer, words) => {
    const front = await newFront();
    front.script('GET /health', answer);
    const page = await visit({ front });
    const alert = page.getByRole('banner').getByRole('alert');
    await eventually(async () => expect(await alert.innerText()).toBe(words));
    const [red = 0, green = 0, blue = 0] = await alert.evaluate((element) =>
      (getComputedStyle(element).color.match(/\d+/g) ?? []).map(Number),
    );
    expect(red).toBeGreaterThan(2 * Math.max(green, blue));
    await alert.getByRole('link', { name: 'See why' }).click();
    await page.waitForURL(/#\/health$/);
  });

  test('is not said in red when webhooks were missed: their events are all there', async () => {
    const { data } = await truth<{ data: { findings: { code: string }[] } }>('/v2/status');
    expect(data.findings.map(({ code }) => code)).toContain('notifications_missed');
    const page = await visit();
    await page.getByText(/^Up to date, .* ago$/).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
