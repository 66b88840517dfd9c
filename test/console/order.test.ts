import { describe, expect, test } from 'vitest';
import type { Order } from '../../functions/ledger/orders/order-list.ts';
import { eventually } from '../eventually.ts';
import { QUESTION } from './account.ts';
import type { Page as Listed } from './answers.ts';
import { askedOrder, nameOf, settled, truth } from './views.ts';
import { visit } from './visit.ts';

async function orderThat(is: (order: Order) => boolean): Promise<Order> {
  const { data } = await truth<Listed<Order>>('/v2/orders?page[size]=250');
  const found = data.find(is);
  if (!found) throw new Error('the account has no such order');
  return found;
}

describe('an order', () => {
  test('opens from its row, and by the link that notices have', async () => {
    const order = await askedOrder();
    const page = await visit();
    await page.getByRole('link', { name: nameOf(order) }).click();
    await eventually(() => expect(page.url()).toMatch(new RegExp(`#/orders/${order.id}$`)));
    const linked = await visit({ at: `#/orders/${order.id}` });
    await linked.getByText(nameOf(order)).first().waitFor();
  });

  test('tells its story in sentences, oldest first, with comments in full', async () => {
    const order = await askedOrder();
    const page = await visit({ at: `#/orders/${order.id}` });
    await page.getByText(`${QUESTION.slice(0, -1)} (3).`).waitFor();
    const text = await page.getByRole('main').innerText();
    const places = [1, 2, 3].map((number) => text.indexOf(`${QUESTION.slice(0, -1)} (${number}).`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text).toMatch(/Telnyx wrote/);
  });

  test('that does not exist is said to be unknown', async () => {
    const page = await visit({ at: '#/orders/00000000-0000-4000-8000-000000000000', provoked: [404] });
    await eventually(async () => expect(await page.getByRole('main').innerText()).toMatch(/no (porting )?order/i));
  });

  test('shows its way: the steps with their dates, where it is, and when it is to port', async () => {
    const order = await orderThat(
      ({ status, details }) => status?.value === 'foc-date-confirmed' && !!details?.foc_date,
    );
    const page = await visit({ at: `#/orders/${order.id}` });
    await settled(page);
    const steps = page.getByRole('list', { name: 'The way of the order' }).getByRole('listitem');
    const texts = await steps.allInnerTexts();
    expect(texts.map((text) => text.split('\n')[0])).toEqual([
      'Draft',
      'Sent',
      'With the carrier',
      'Date set',
      'Ported',
    ]);
    expect(texts[4]).toMatch(/due \w{3} \d+ \w{3}, \d\d:\d\d$/);
    expect(await steps.nth(3).getAttribute('aria-current')).toBe('step');
  });

  test("has every instant in the reader's time, and in UTC on hover", async () => {
    const order = await askedOrder();
    const page = await visit({ at: `#/orders/${order.id}`, timezoneId: 'Asia/Tokyo' });
    await settled(page);
    const times = await page.getByRole('main').locator('time').all();
    expect(times.length).toBeGreaterThan(5);
    for (const time of times) {
      const at = (await time.getAttribute('datetime')) ?? '';
      expect(await time.getAttribute('title')).toBe(`${at.slice(0, 19).replace('T', ' ')} UTC`);
      const day = new Intl.DateTimeFormat('en', { day: 'numeric', timeZone: 'Asia/Tokyo' }).format(new Date(at));
      expect(await time.textContent()).toContain(` ${day} `);
    }
  });

  test('that was split links to the other order by its name, and that one back', async () => {
    const order = await orderThat(({ split_into: into }) => into.length > 0);
    const part = await orderThat(({ id }) => order.split_into.includes(id));
    const page = await visit({ at: `#/orders/${order.id}` });
    await page
      .getByRole('link', { name: nameOf(part) })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: nameOf(part) }).waitFor();
    await page
      .getByRole('link', { name: nameOf(order) })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: nameOf(order) }).waitFor();
  });

  test('says how the ledger knows it, folded away', async () => {
    const order = await askedOrder();
    const page = await visit({ at: `#/orders/${order.id}` });
    await settled(page);
    expect(await page.getByRole('main').innerText()).not.toContain(order.id);
    await page.getByText('How we know').click();
    await page.getByText(order.id).waitFor();
    await page.getByRole('columnheader', { name: 'By webhook' }).waitFor();
  });

  test('gives its name to the page, and how many orders need you', async () => {
    const order = await askedOrder();
    const { data } = await truth<{ data: { needs_you: number } }>('/v2/orders/summary');
    const page = await visit({ at: `#/orders/${order.id}` });
    await eventually(async () =>
      expect(await page.title()).toBe(`(${data.needs_you}) ${nameOf(order)} · Port-in ledger`),
    );
  });
});
