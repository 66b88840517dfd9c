import { describe, expect, test } from 'vitest';
import type { OrderState } from '../../functions/porting/order.ts';
import { eventually } from '../eventually.ts';
import type { Page as Listed } from './answers.ts';
import { copiedBy, downloadBy } from './taken.ts';
import { linkTo, nameOf, openView, rows, settled, truth } from './views.ts';
import { visit } from './visit.ts';
import { ENGINEERS_WORDS, LISTS, VIEWS } from './words.ts';

interface Summary {
  readonly needs_you: number;
  readonly waiting_for_telnyx: number;
  readonly waiting_for_losing_carrier: number;
  readonly foc_dates: readonly { readonly day: string; readonly orders: number }[];
}

const summary = async () => (await truth<{ data: Summary }>('/v2/orders/summary')).data;
const listed = async (query: string) => (await truth<Listed<OrderState>>(`/v2/orders?page[size]=250&${query}`)).data;

test('the first thing to see is one sentence that says how things stand', async () => {
  const { needs_you: needing, waiting_for_telnyx, waiting_for_losing_carrier } = await summary();
  expect(needing).toBeGreaterThan(1);
  const page = await visit();
  await page.getByText(`${needing} ports need you.`).waitFor();
  await page.getByText(`${waiting_for_telnyx + waiting_for_losing_carrier} wait for others.`).waitFor();
  await page.getByText(/^Up to date, .* ago$/).waitFor();
});

test('"Needs you" lists the orders that do, the soonest deadline first, with what is wrong in words', async () => {
  const orders = await listed('filter[needs]=you');
  const page = await visit();
  await settled(page);
  await eventually(async () => expect(await rows(page).count()).toBe(orders.length));
  const texts = await rows(page).allInnerTexts();
  for (const [index, order] of orders.entries()) {
    expect(texts[index]).toContain(nameOf(order));
    for (const { code, description } of (order.status?.details ?? []) as { code: string; description: string }[]) {
      expect(texts[index]).toContain(description);
      expect(texts[index]).not.toContain(code);
    }
  }
  expect(orders.some(({ status }) => status?.value === 'exception')).toBe(true);
});

test('a support key is copied by its button', async () => {
  const [order] = (await listed('filter[needs]=you')).filter(({ support_key }) => support_key !== null);
  const page = await visit();
  const button = page.getByRole('button', { name: new RegExp(`copy.*${order?.support_key}`, 'i') });
  expect(await copiedBy(page, button)).toBe(order?.support_key);
});

describe.each(VIEWS)('%s', (view) => {
  test('has an address: reload, the back button and a colleague come to the same view', async () => {
    const page = await visit();
    await settled(page);
    const first = page.url();
    await openView(page, view);
    const address = page.url();
    const shown = async (where = page) => {
      await settled(where);
      await eventually(async () => expect(await linkTo(where, view).getAttribute('aria-current')).toBe('page'));
    };
    await shown();
    await page.reload();
    await shown();
    if (address !== first) {
      await page.goBack();
      await settled(page);
      expect(page.url()).toBe(first);
      await page.goForward();
      await shown();
    }
    await shown(await visit({ at: new URL(address).hash }));
  });
});

describe.each(LISTS)('%s', (view) => {
  test('has no word that only engineers know', async () => {
    const page = await visit();
    await openView(page, view);
    expect(await page.locator('body').innerText()).not.toMatch(ENGINEERS_WORDS);
  });

  test('comes as CSV with the same orders', async () => {
    const page = await visit();
    await openView(page, view);
    const shown = await rows(page).getByRole('rowheader').allInnerTexts();
    const button = page.getByRole('main').getByRole('button', { name: /csv/i });
    const { name, text } = await downloadBy(page, button);
    expect(name).toMatch(/\.csv$/);
    const [head = '', ...lines] = text.trimEnd().split(/\r?\n/);
    expect(head).toMatch(/^\ufeff?Customer reference,Status,/);
    expect(shown.length).toBeGreaterThan(0);
    // A long list has more than is on the screen, in the same order.
    expect(lines.slice(0, shown.length).map((line) => line.split(',')[0])).toEqual(shown.map((name) => name.trim()));
  });
});

test('"This week" has the orders with a date in the next 14 days, by day', async () => {
  const dated = (await summary()).foc_dates.reduce((sum, { orders }) => sum + orders, 0);
  expect(dated).toBeGreaterThan(0);
  const page = await visit();
  await openView(page, 'This week');
  await eventually(async () => expect(await rows(page).count()).toBe(dated));
});

describe('the search', () => {
  test('finds an order by its reference, and keeps the search in the address', async () => {
    const [order] = (await listed('filter[status]=ported')).filter(({ customer_reference }) => customer_reference);
    const page = await visit();
    await openView(page, 'All');
    await page.getByRole('searchbox').fill(order?.customer_reference ?? '');
    await page.keyboard.press('Enter');
    await eventually(async () =>
      expect(await rows(page).allInnerTexts()).toEqual([expect.stringContaining(order?.customer_reference ?? '')]),
    );
    const again = await visit({ at: new URL(page.url()).hash });
    await eventually(async () => expect(await rows(again).count()).toBe(1));
  });

  test('says when it finds nothing', async () => {
    const page = await visit();
    await openView(page, 'All');
    await page.getByRole('searchbox').fill('no-such-port');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await page.getByRole('main').innerText()).toContain('no-such-port'));
    await eventually(async () => expect(await rows(page).count()).toBe(0));
  });
});
