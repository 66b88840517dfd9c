import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptTokens } from '../../infra/local/kept-tokens.ts';
import { temporaryFolder } from './stub-functions.ts';

const given = { read: 'a-read-token-of-mine', operate: 'an-operate-token-of-mine' };

describe('tokens that no one has set', () => {
  it('are random, and the same at the next start', async () => {
    const folder = await temporaryFolder();
    const tokens = await keptTokens(folder, {});
    expect(tokens.read).toMatch(/^\S{32}$/);
    expect(tokens.operate).toMatch(/^\S{32}$/);
    expect(tokens.read).not.toBe(tokens.operate);
    expect(await keptTokens(folder, {})).toEqual(tokens);
    expect((await keptTokens(await temporaryFolder(), {})).read).not.toBe(tokens.read);
  });

  it('stand in a file that only its owner may read', async () => {
    const folder = await temporaryFolder();
    await keptTokens(folder, {});
    expect((await stat(join(folder, 'tokens.json'))).mode & 0o777).toBe(0o600);
  });

  it.each([
    '',
    'no JSON',
    '[]',
    '{"read":"short","operate":7}',
  ])('are made anew where the file holds %j', async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'tokens.json'), text);
    const tokens = await keptTokens(folder, {});
    expect(tokens.read).toMatch(/^\S{32}$/);
    expect(await keptTokens(folder, {})).toEqual(tokens);
  });
});

describe('tokens of the owner', () => {
  it('are used and not kept, and the others stay for the next start without them', async () => {
    const folder = await temporaryFolder();
    const tokens = await keptTokens(folder, {});
    expect(await keptTokens(folder, given)).toEqual(given);
    expect(await keptTokens(folder, { operate: given.operate })).toEqual({ ...tokens, operate: given.operate });
    expect(await readFile(join(folder, 'tokens.json'), 'utf8')).not.toContain('mine');
    expect(await keptTokens(folder, {})).toEqual(tokens);
  });

  it('never permit everything: a kept token that equals one of them is made anew', async () => {
    const folder = await temporaryFolder();
    const { operate } = await keptTokens(folder, {});
    const tokens = await keptTokens(folder, { read: operate });
    expect(tokens.read).toBe(operate);
    expect(tokens.operate).not.toBe(operate);
  });

  it('need no file', async () => {
    expect(await keptTokens('/nowhere', given)).toEqual(given);
    await expect(keptTokens('/dev/null', {})).rejects.toThrow(/^DATA_DIR cannot be used: /);
  });
});
