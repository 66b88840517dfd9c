import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import type { OrderState } from '../../functions/porting/order.ts';
import { eventually } from '../eventually.ts';
import { QUESTION } from './account.ts';
import {
  always,
  duringFirstSync,
  manyOrders,
  NEVER_SYNCED,
  type Page,
  referenceOf,
  TOO_MANY,
  UNAVAILABLE,
  withData,
} from './answers.ts';
import { EVERY, type Front } from './front.ts';
import { askedOrder, openView, rows, settled, truth } from './views.ts';
import { newFront, visit } from './visit.ts';

async function scripted(operation: string, script: Parameters<Front['script']>[1]): Promise<Front> {
  const front = await newFront();
  front.script(operation, script);
  return front;
}

/** Passes the time that the page waits between its tries. */
const FOR_ITS_TRIES = 60_000;

describe('a ledger that does not answer as it should', () => {
  test.each([
    ['that cannot be read (503)', UNAVAILABLE, 503, /cannot be read/i],
    ['that is asked too often (429)', TOO_MANY, 429, /too many|busy|again/i],
    ['that is gone', 'cut', 'cut', /cannot be reached/i],
  ] as const)('%s at the start: the page says so, and works when it is well again', async (_, answer, status, words) => {
    const front = await scripted(EVERY, always(answer));
    const page = await visit({ front, provoked: [status] });
    await eventually(async () => {
      await page.clock.fastForward(5_000);
      expect(await page.locator('body').innerText()).toMatch(words);
    }, 200);
    front.script(EVERY, (_, real) => real());
    await eventually(async () => {
      await page.clock.fastForward(31_000);
      expect(await rows(page).count()).toBeGreaterThan(0);
    }, 500);
    expect(await page.locator('body').innerText()).not.toMatch(words);
  });

  test('later: what was read stays on the screen, and the page says that it is not up to date', async () => {
    const front = await newFront();
    const page = await visit({ front, provoked: [503] });
    await settled(page);
    const before = await rows(page).allInnerTexts();
    front.script(EVERY, always(UNAVAILABLE));
    await page.clock.fastForward(FOR_ITS_TRIES);
    await eventually(async () => {
      await page.clock.fastForward(5_000);
      expect(await page.locator('body').innerText()).not.toMatch(/^Up to date/m);
    }, 200);
    expect((await rows(page).allInnerTexts()).length).toBe(before.length);
  });

  test('for some seconds: the page says that it waits, and shows the answer when it comes', async () => {
    const held = Promise.withResolvers<void>();
    const front = await scripted('GET /v2/orders', async (_, real) => {
      await held.promise;
      return real();
    });
    const page = await visit({ front });
    await page.getByRole('main').getByText('Loading…').first().waitFor();
    await page.clock.fastForward(10_000);
    await page
      .getByText(/slow to answer/)
      .first()
      .waitFor();
    held.resolve();
    await rows(page).first().waitFor();
  });
});

describe('an account', () => {
  test('whose first sync is under way: the page says how far it is', async () => {
    const front = await scripted('GET /v2/status', duringFirstSync);
    front.script('GET /health', always(NEVER_SYNCED));
    const page = await visit({ front });
    await page.getByText('The first sync is under way: all is read up to Mon 29 Jun').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^So far, \d+ ports need you\./);
    // What is there already is shown.
    await rows(page).first().waitFor();
  });

  test('without any order: the page says what will be here', async () => {
    const front = await scripted(
      'GET /v2/orders',
      withData(() => []),
    );
    front.script('GET /v2/orders/summary', withData(nothingIn));
    const page = await visit({ front });
    await settled(page);
    expect(await rows(page).count()).toBe(0);
    await page.getByText('There is no port-in order yet.').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      'Nothing needs you. Nothing ports this week. Nothing waits for others.',
    );
  });

  test('that was not read yet: the page does not say that nothing needs you', async () => {
    const front = await scripted('GET /health', always(NEVER_SYNCED));
    front.script(
      'GET /v2/orders',
      withData(() => []),
    );
    front.script('GET /v2/orders/summary', withData(nothingIn));
    const page = await visit({ front });
    await page.getByText('Orders appear here as the ledger reads').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^Nothing is known yet/);
  });

  test('in which nothing needs you: the page says so', async () => {
    const front = await scripted(
      'GET /v2/orders',
      withData(() => []),
    );
    front.script(
      'GET /v2/orders/summary',
      withData((data: object) => ({ ...data, needs_you: 0, next_deadline: null })),
    );
    const page = await visit({ front });
    await page
      .getByText(/nothing needs you/i)
      .first()
      .waitFor();
  });

  test('whose orders were never read: no date, and the page says why', async () => {
    const withoutDetails = withData((data: readonly OrderState[]) =>
      data.map((order) => ({ ...order, details: null })),
    );
    const front = await scripted('GET /v2/orders', withoutDetails);
    front.script(
      'GET /v2/orders/summary',
      withData((data: Dated) => ({ ...data, foc_dates: none(data.foc_dates), details_as_of: null })),
    );
    const page = await visit({ front });
    await settled(page);
    await rows(page).first().waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).not.toMatch(/this week/);
    await openView(page, 'This week');
    await page.getByText(/^No date is known\. .* order details may be off\.$/).waitFor();
  });

  test('with 10,000 orders: they load as they are scrolled, and the first ones are there at once', async () => {
    const { data } = await truth<Page<OrderState>>('/v2/orders?page[size]=1');
    const [sample] = data;
    if (!sample) throw new Error('there is no order');
    const front = await scripted('GET /v2/orders', manyOrders(10_000, sample));
    const page = await visit({ front });
    await openView(page, 'All');
    await page.getByText(referenceOf(0)).first().waitFor();
    const first = await rows(page).count();
    expect(first).toBeLessThanOrEqual(250);
    await eventually(async () => {
      await page.mouse.wheel(0, 20_000);
      expect(await page.getByText(referenceOf(first)).count()).toBeGreaterThan(0);
    }, 50);
  });
});

describe('a comment', () => {
  const saying = async (body: string) => {
    const order = await askedOrder();
    const changed = withData((events: readonly LedgerEvent[]) => events.map((event) => withComment(event, body)));
    const front = await scripted('GET /v2/orders/{id}/events', changed);
    const page = await visit({ front, at: `#/orders/${order.id}` });
    await page.getByText(body.slice(0, 20)).first().waitFor();
    return page;
  };

  test('with a script is shown as it was written, and does nothing', async () => {
    const body =
      'Hello <script>document.title = "taken"</script><img src=x onerror="document.title=\'taken\'"><b>bold</b>';
    const page = await saying(body);
    expect(await page.getByRole('main').innerText()).toContain(body);
    expect(await page.title()).not.toBe('taken');
    expect(await page.locator('main script, main b, main img[src="x"]').count()).toBe(0);
  });

  test('in a script from right to left turns nothing around it', async () => {
    const body = 'נא לשלוח חשבונית חדשה (LOA 4711) ‮gnorw';
    const page = await saying(body);
    const comment = page.getByText(body.slice(0, 20)).first();
    const { direction, isolated } = await comment.evaluate((element) => {
      const around = [element, element.parentElement].filter((one) => one !== null);
      const isolates = (one: Element) =>
        one.matches('bdi, [dir=auto]') || getComputedStyle(one).unicodeBidi.includes('isolate');
      return { direction: getComputedStyle(document.body).direction, isolated: around.some(isolates) };
    });
    expect({ direction, isolated }).toEqual({ direction: 'ltr', isolated: true });
  });
});

interface Dated {
  readonly foc_dates: readonly { readonly day: string }[];
}

function none(days: Dated['foc_dates']): object[] {
  return days.map(({ day }) => ({ day, orders: 0 }));
}

function nothingIn(data: Dated): object {
  const counts = { needs_you: 0, waiting_for_telnyx: 0, waiting_for_losing_carrier: 0, ended_7d: 0 };
  return { ...data, ...counts, next_deadline: null, foc_dates: none(data.foc_dates) };
}

/** The event with other words in its comment, if it is one of those that ask. */
function withComment(event: LedgerEvent, body: string): LedgerEvent {
  const { comment } = (event.payload ?? {}) as { comment?: { body?: string } };
  if (!comment?.body?.startsWith(QUESTION.slice(0, -1))) return event;
  return { ...event, payload: { ...(event.payload as object), comment: { ...comment, body } } };
}
