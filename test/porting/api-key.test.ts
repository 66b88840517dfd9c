import { describe, expect, test } from 'vitest';
import { readApiKey } from '../../functions/porting/api-key.ts';
import { readSetting } from '../../functions/porting/settings.ts';

test.each(['KEY0123456789ABCDEF_secret', '  KEY0123_x\n', 'KEY0123\r\n'])('%j holds the key', (secret) => {
  expect(readSetting('it', secret, readApiKey)).toBe(secret.trim());
});

describe('without a key', () => {
  test.each(['', ' \n'])('%j: the error says what to do', (secret) => {
    expect(() => readSetting('it', secret, readApiKey)).toThrow(
      /it is empty: put the Telnyx API key into it \(docs\/deploy\.md/,
    );
  });
});

describe('with a value that cannot be a key', () => {
  test.each([
    ['JSON', '{"key":"KEY0123SECRET"}'],
    ['two lines', 'KEY0123SECRET\nKEY0123SECRET'],
    ['quotes', '"KEY0123SECRET"'],
    ['single quotes', "'KEY0123SECRET'\n"],
    ['quotes with a line break inside', '"KEY0123SECRET\n"'],
    ['half a pair of quotes', 'KEY0123SECRET"'],
    ['a blank inside', 'KEY0123 SECRET'],
    ['a character beyond ASCII', 'KEY0123SECRET\u200b'],
  ])('%s: the error says what a key must be, without quoting the value', (_, secret) => {
    const read = () => readApiKey(secret.trim());
    expect(read).toThrow(/must be the Telnyx API key as plain text/);
    expect(read).not.toThrow(/SECRET/);
  });
});

test.each(['"KEY0123"', "'KEY0123'\n", '"KEY0123\n"'])('%j is recognised as quoted', (secret) => {
  expect(() => readSetting('it', secret, readApiKey)).toThrow(/^it is in quotes/);
});
