import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { TOKEN } from '../stub-ledger.ts';
import { hasTerminal, sitAt } from '../terminal.ts';
import { API_KEY, deployed, READ_TOKEN, SETUP } from './deployed.ts';

const PROMPT = /Telnyx API key, .*:/g;
const QUESTION = /\[y\/N\]/g;

/** A user who sets up a ledger that was just deployed. */
async function sitDown() {
  const parts = await deployed();
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')),
  ) as Record<string, string>;
  const sitting = sitAt(SETUP, { environment: { ...environment, HOME: parts.home } });
  const text = () => stripVTControlCharacters(sitting.seen.all);
  await eventually(() => expect(text()).toMatch(PROMPT));
  return { ...parts, ...sitting, text };
}

describe.skipIf(!hasTerminal)('setup at a terminal', () => {
  it('asks twice: for the key, which it does not show, and before e-mails may be sent', async () => {
    const { aws, type, text, ended } = await sitDown();
    type(`${API_KEY}\r`);
    await eventually(() => expect(text()).toMatch(QUESTION));
    type('y\r');
    expect(await ended).toBe(0);
    expect([text().match(PROMPT)?.length, text().match(QUESTION)?.length]).toEqual([1, 1]);
    expect(text()).toMatch(/done +way back +proved: the webhook of status_changed came back after \d+ s\r$/m);
    expect(aws.secrets.get('arn:key')).toBe(API_KEY);
    for (const secret of [API_KEY, TOKEN]) expect(text()).not.toContain(secret);
  });

  it('asks nobody to republish after no, and opens the console signed in', async () => {
    const { ledger, type, text, ended } = await sitDown();
    type(`${API_KEY}\r`);
    await eventually(() => expect(text()).toMatch(QUESTION));
    type('n\r');
    expect(await ended).toBe(0);
    // The key is not shown, but the line ends where it was typed.
    expect(text()).toMatch(/not shown\): *\r\ndone +API key/);
    expect(text()).toMatch(/^left out +way back/m);
    expect(ledger.asked.some(({ method }) => method === 'POST')).toBe(false);
    expect(text()).toContain(`The console: ${ledger.url}/#token=${READ_TOKEN}`);
  });

  it.each([
    ['Ctrl-C', '\u0003', 130],
    ['the end of the input', '\u0004', 2],
  ])('stores nothing after %s', async (_, keys, code) => {
    const { aws, type, ended } = await sitDown();
    type(keys);
    expect(await ended).toBe(code);
    expect(aws.changes).toEqual([]);
  });
});
