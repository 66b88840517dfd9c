import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { MISSED } from './account.ts';
import { openView, settled, truth } from './views.ts';
import { newFront, visit } from './visit.ts';

interface Missed {
  readonly data: readonly { readonly id: string }[];
}

const missed = async () => (await truth<Missed>('/v2/gaps')).data.length;

test('"Deliveries" shows what never came, what was refused, and Telnyx\'s own log', async () => {
  const page = await visit({ as: 'reader' });
  await openView(page, 'Deliveries');
  const text = await page.getByRole('main').innerText();
  expect(text).toContain(String(MISSED));
  expect(text).toMatch(/refused/i);
  expect(text).toMatch(/unreadable/i);
});

test('"Health" says what is wrong and what to do, as the ledger does', async () => {
  const { data } = await truth<{ data: { findings: { what: string; do: string }[] } }>('/v2/status');
  const page = await visit({ as: 'reader' });
  await openView(page, 'Health');
  for (const { what, do: advice } of data.findings) {
    await eventually(async () => expect(await page.getByRole('main').innerText()).toContain(what));
    expect(await page.getByRole('main').innerText()).toContain(advice);
  }
});

// The last of this file: afterwards nothing is missing.
test('"send again" shows what it would do and warns of e-mails, and then follows the job to its end', async () => {
  expect(await missed()).toBe(MISSED);
  const front = await newFront();
  const page = await visit({ front });
  await openView(page, 'Deliveries');
  await page.getByRole('button', { name: 'See what would be sent' }).click();
  await page.getByText(`${MISSED} webhooks would be sent again`).waitFor();
  await page.getByText(/e-mails may go out a second time/).waitFor();
  // So far, nothing was asked of Telnyx.
  expect(await missed()).toBe(MISSED);
  await page.getByRole('button', { name: `Send ${MISSED} webhooks again` }).click();
  await eventually(async () => {
    await page.clock.fastForward(2_000);
    expect(await page.getByRole('main').innerText()).toContain(`Done: ${MISSED} of ${MISSED}, ${MISSED} sent`);
  }, 200);
  await eventually(async () => expect(await missed()).toBe(0));
  await page.reload();
  await settled(page);
  expect(front.undocumented).toEqual([]);
});
