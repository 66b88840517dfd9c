import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { OrderState } from '../../functions/porting/order.ts';
import { axeViolations } from './accessibility.ts';
import type { Page as Listed } from './answers.ts';
import { tabThrough } from './keyboard.ts';
import { lightness, tooWide, uselessInPrint } from './layout.ts';
import { follow, openView, rows, settled, tokenField, truth } from './views.ts';
import { PHONE, type VisitOptions, visit } from './visit.ts';
import { LISTS, VIEWS } from './words.ts';

const PARTS = ['Refused and unreadable', "Telnyx's log", 'Jobs', 'Sync runs'] as const;
const places = [...VIEWS, ...PARTS, 'An order', 'The sign-in screen'] as const;
type Place = (typeof places)[number];

async function go(place: Place, options: VisitOptions = {}): Promise<Page> {
  if (place === 'The sign-in screen') {
    const page = await visit({ ...options, as: 'nobody' });
    await tokenField(page).waitFor();
    return page;
  }
  if (place === 'An order') {
    const { data } = await truth<Listed<OrderState>>('/v2/orders?filter[needs]=you');
    const page = await visit({ ...options, at: `#/orders/${data[0]?.id}` });
    await settled(page);
    return page;
  }
  const page = await visit(options);
  if (isPart(place)) {
    await openView(page, 'Deliveries');
    await follow(page, page.getByRole('link', { name: place }));
  } else {
    await openView(page, place);
  }
  return page;
}

function isPart(place: Place): place is (typeof PARTS)[number] {
  return (PARTS as readonly string[]).includes(place);
}

describe.each(places)('%s', (place) => {
  test('in light: axe finds nothing, and the keyboard reaches everything', async () => {
    const page = await go(place);
    expect(await axeViolations(page)).toEqual([]);
    expect((await lightness(page)).ground).toBeGreaterThan(0.9);
    const { names, faults } = await tabThrough(page);
    expect(faults).toEqual([]);
    expect(names.length).toBeGreaterThan(1);
    expect(names).not.toContain('');
  });

  test('in dark: axe finds nothing, and the page is dark', async () => {
    const page = await go(place, { colorScheme: 'dark' });
    expect(await axeViolations(page)).toEqual([]);
    const { ground, text } = await lightness(page);
    expect(ground).toBeLessThan(0.2);
    expect(text).toBeGreaterThan(0.7);
  });

  test('on a phone: nothing is wider than the window, and axe finds nothing', async () => {
    const page = await go(place, { viewport: PHONE });
    expect(await tooWide(page)).toEqual([]);
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe.each([...LISTS, 'An order'] as const)('%s on paper', (place) => {
  test('has no buttons, and is black on white even where the screen is dark', async () => {
    const page = await go(place, { colorScheme: 'dark' });
    expect(await uselessInPrint(page)).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    const { ground, text } = await lightness(page);
    expect(ground).toBeGreaterThan(0.95);
    expect(text).toBeLessThan(0.3);
    await page.emulateMedia({ media: null });
  });
});

test('with the keyboard alone, a reader opens an order and comes back', async () => {
  const page = await go('Needs you');
  const first = rows(page).first().getByRole('link').first();
  const name = (await first.innerText()).trim();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let step = 0; step < 60 && !(await first.evaluate((link) => link === document.activeElement)); step += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/orders\//);
  await page.getByText(name).first().waitFor();
  await page.goBack();
  await rows(page).first().waitFor();
});

test('a screen reader gets the sentence as a heading, the lists as tables with heads, and updates as they come', async () => {
  const page = await go('Needs you');
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  expect(await page.getByRole('main').getByRole('columnheader').count()).toBeGreaterThan(3);
  expect(await page.locator('[aria-live=polite], [role=status]').count()).toBeGreaterThan(0);
});
