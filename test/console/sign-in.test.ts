import type { Page } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import { always, REFUSED } from './answers.ts';
import { EVERY } from './front.ts';
import { openView, rows, settled, signIn, tokenField } from './views.ts';
import { newFront, visit } from './visit.ts';

const { tokens } = inject('ledger');

/** What the page has kept, wherever it keeps things. */
const kept = (page: Page) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));

/** Another tab of the same browser, at the same address. */
async function anotherTab(page: Page): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(new URL(page.url()).origin);
  return tab;
}

describe('the address that npm start prints', () => {
  test('opens the console, and the token is no longer in it nor in the history', async () => {
    const page = await visit({ as: 'reader' });
    await settled(page);
    await rows(page).first().waitFor();
    expect(page.url()).not.toContain('token');
    await page.goBack();
    await page.goForward();
    expect(page.url()).not.toContain(tokens.read);
  });

  test('leads every request to the API as a bearer token, never in a query or a cookie', async () => {
    const front = await newFront();
    const page = await visit({ as: 'reader', front });
    await settled(page);
    expect(front.asked.length).toBeGreaterThan(0);
    for (const { headers, query } of front.asked) {
      expect(headers.authorization).toBe(`Bearer ${tokens.read}`);
      expect(headers.cookie).toBeUndefined();
      expect([...query.values()]).not.toContain(tokens.read);
    }
  });
});

describe('a token that is typed', () => {
  test('opens the console, and a reload does not ask again', async () => {
    const page = await visit({ as: 'nobody' });
    await signIn(page, tokens.read);
    await rows(page).first().waitFor();
    await page.reload();
    await rows(page).first().waitFor();
    expect(await tokenField(page).count()).toBe(0);
  });

  test('is for this tab, unless the reader says that the device may keep it', async () => {
    const page = await visit({ as: 'nobody' });
    await signIn(page, tokens.read);
    await rows(page).first().waitFor();
    await tokenField(await anotherTab(page)).waitFor();

    const remembering = await visit({ as: 'nobody' });
    await signIn(remembering, tokens.read, { remember: true });
    await rows(remembering).first().waitFor();
    await rows(await anotherTab(remembering))
      .first()
      .waitFor();
  });

  test('that is wrong is refused in words, and is not kept', async () => {
    const page = await visit({ as: 'nobody', provoked: [401] });
    await signIn(page, 'no-such-token-at-all');
    await page.getByRole('alert').waitFor();
    await tokenField(page).waitFor();
    expect(await kept(page)).not.toContain('no-such-token-at-all');
  });

  test('comes from somewhere that the screen names', async () => {
    const page = await visit({ as: 'nobody' });
    await tokenField(page).waitFor();
    expect(await page.locator('body').innerText()).toMatch(/npm start|administrator|who runs/i);
  });
});

test('whoever signs out is forgotten, in this tab and on the device', async () => {
  const page = await visit({ as: 'nobody' });
  await signIn(page, tokens.operate, { remember: true });
  await rows(page).first().waitFor();
  await page.getByRole('button', { name: /^sign out$/i }).click();
  await tokenField(page).waitFor();
  expect(await kept(page)).not.toContain(tokens.operate);
  await page.reload();
  await tokenField(page).waitFor();
});

test('a token that is no longer valid leads to the sign-in screen, and a new one back to the same view', async () => {
  const front = await newFront();
  const page = await visit({ as: 'reader', front, provoked: [401] });
  await openView(page, 'Waiting for others');
  const there = page.url();
  front.script(EVERY, always(REFUSED));
  // Open to everyone.
  front.script('GET /health', (_, real) => real());
  await page.clock.fastForward(31_000);
  await tokenField(page).waitFor();
  expect(await kept(page)).not.toContain(tokens.read);
  front.script(EVERY, (_, real) => real());
  await signIn(page, tokens.read);
  await rows(page).first().waitFor();
  expect(page.url()).toBe(there);
});

test('a token that may only read sees what an operator could do, and why they cannot', async () => {
  const page = await visit({ as: 'reader', provoked: [403] });
  await openView(page, 'Deliveries');
  await page.getByRole('button', { name: 'See what would be sent' }).click();
  await page.getByText('Your token may read only.').waitFor();
});
