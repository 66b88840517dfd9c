import { describe, expect, test } from 'vitest';
import { readBaseUrl } from '../../functions/porting/settings.ts';

describe("the base URL of Telnyx's API", () => {
  test.each([
    ['https://api.telnyx.com/v2', 'https://api.telnyx.com/v2'],
    ['https://api.telnyx.com/v2//', 'https://api.telnyx.com/v2'],
    ['HTTPS://API.telnyx.com:8443/v2', 'https://api.telnyx.com:8443/v2'],
    ['http://localhost:12111/v2', 'http://localhost:12111/v2'],
    ['http://127.0.0.1:9/v2/', 'http://127.0.0.1:9/v2'],
    ['http://127.1.2.3/v2', 'http://127.1.2.3/v2'],
    ['http://[::1]:3000/v2', 'http://[::1]:3000/v2'],
  ])('%s', (text, url) => {
    expect(readBaseUrl(text)).toBe(url);
  });

  test.each([
    '',
    'api.telnyx.com/v2',
    'ftp://api.telnyx.com/v2',
    'http://api.telnyx.com/v2',
    'http://10.0.0.1/v2',
    'http://192.168.1.2:3000/v2',
    'http://0.0.0.0:3000/v2',
    'http://localhost.example.com/v2',
    'http://127.0.0.1.example.com/v2',
    'http://127.0.0.1@example.com/v2',
    'http://[::ffff:127.0.0.1]/v2',
    'https://me:hush@api.telnyx.com/v2',
    'https://:hush@api.telnyx.com/v2',
    'https://api.telnyx.com/v2?key=hush',
    'https://api.telnyx.com/v2?',
    'https://api.telnyx.com/v2#hush',
  ])('%s is refused, and the error does not quote it', (text) => {
    const read = () => readBaseUrl(text);
    expect(read).toThrow(/^is not an address that an API key may be sent to: set it to one such as https:/);
    expect(read).not.toThrow('hush');
  });
});
