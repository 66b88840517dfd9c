import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { CannotStart } from '../../infra/local/cannot-start.ts';
import { readSettings } from '../../infra/local/settings.ts';

const { publicKey } = generateKeyPairSync('ed25519');
const base64 = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
const token = 'a-token-of-some-length';

describe('settings', () => {
  it('needs none', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ port: 3000, publicKeys: [], syncIntervalSeconds: 15 });
    expect(settings.dataDir).toBe(`${process.cwd()}/.data`);
    expect(settings.tokens).toEqual({});
    expect(settings).toMatchObject({ healing: 'off', healingPerDay: '50', webhookTypes: 'learned' });
    expect(settings).toMatchObject({ overdueAfter: 'default', retainDays: 'none' });
    for (const absent of ['apiKey', 'dynamodbEndpoint', 'seed']) expect(settings).not.toHaveProperty(absent);
  });

  it('gives a webhook a minute in a simulated account, and 15 in a real one', () => {
    expect(readSettings({}).graceMinutes).toBe('1');
    expect(readSettings({ TELNYX_API_KEY: 'KEY0' }).graceMinutes).toBe('15');
    expect(readSettings({ TELNYX_API_KEY: 'KEY0', GRACE_MINUTES: '0' }).graceMinutes).toBe('0');
  });

  test.for([
    ['learned', 'learned'],
    ['none', 'none'],
    [' porting_order.split , porting_order.new_comment ', 'porting_order.split , porting_order.new_comment'],
  ] as const)('takes %s for the types whose webhooks arrive', ([given, expected]) => {
    expect(readSettings({ WEBHOOK_TYPES: given }).webhookTypes).toBe(expected);
  });

  it('takes all of them', () => {
    const settings = readSettings({
      PORT: '8080',
      TELNYX_API_KEY: 'KEY0',
      TELNYX_BASE_URL: 'http://127.0.0.1:9/v2/',
      TELNYX_PUBLIC_KEY: `${base64}, ${pem}`,
      API_READ_TOKEN: token,
      API_OPERATE_TOKEN: `${token}-2`,
      SYNC_INTERVAL_SECONDS: '1',
      DATA_DIR: '/elsewhere',
      DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000',
      SEED: '7',
      GRACE_MINUTES: '30',
      HEALING: 'republish',
      HEALING_PER_DAY: '10',
      OVERDUE_AFTER: 'exception = 5, submitted=120',
      RETAIN_DAYS: '400',
      WEBHOOK_TYPES: 'porting_order.status_changed',
      RUNBOOK_URL: 'https://wiki.example/ledger',
      NOTICES: 'overdue',
      DIGEST_AT: '07:30',
      TIMEZONE: 'europe/berlin',
      ORDER_DETAILS: 'off',
      CONSOLE: 'off',
    });
    expect(settings).toEqual({
      port: 8080,
      apiKey: 'KEY0',
      telnyxBaseUrl: 'http://127.0.0.1:9/v2',
      publicKeys: [base64, base64],
      tokens: { read: token, operate: `${token}-2` },
      syncIntervalSeconds: 1,
      dataDir: '/elsewhere',
      dynamodbEndpoint: 'http://127.0.0.1:8000',
      seed: 7,
      graceMinutes: '30',
      healing: 'republish',
      healingPerDay: '10',
      overdueAfter: 'exception = 5, submitted=120',
      retainDays: '400',
      webhookTypes: 'porting_order.status_changed',
      runbookUrl: 'https://wiki.example/ledger',
      notices: 'overdue',
      digestAt: '07:30',
      timezone: 'Europe/Berlin',
      orderDetails: 'off',
      console: 'off',
    });
  });

  it('works against the real service with a key alone', () => {
    expect(readSettings({ TELNYX_API_KEY: 'KEY0' }).telnyxBaseUrl).toBe('https://api.telnyx.com/v2');
  });

  it('takes a PEM key with its line breaks written as \\n, and base64 without padding', () => {
    const both = `${pem.replaceAll('\n', '\\n')},${base64.slice(0, -1)}`;
    expect(readSettings({ TELNYX_API_KEY: 'KEY0', TELNYX_PUBLIC_KEY: both }).publicKeys).toEqual([base64, base64]);
  });

  it('counts an empty variable as absent', () => {
    expect(readSettings({ PORT: '', TELNYX_API_KEY: ' ', API_READ_TOKEN: '' })).toMatchObject({ port: 3000 });
  });

  test.for<[string, Record<string, string>]>([
    ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: '3e3' }],
    ['PORT', { PORT: '-1' }],
    ['SYNC_INTERVAL_SECONDS', { SYNC_INTERVAL_SECONDS: '0' }],
    ['SYNC_INTERVAL_SECONDS', { SYNC_INTERVAL_SECONDS: 'often\nmore' }],
    ['SEED', { SEED: 'x' }],
    ['TELNYX_API_KEY', { TELNYX_API_KEY: 'KEY\n0' }],
    ['TELNYX_API_KEY', { TELNYX_BASE_URL: 'https://api.telnyx.com/v2' }],
    ['TELNYX_BASE_URL', { TELNYX_API_KEY: 'KEY0', TELNYX_BASE_URL: 'api.telnyx.com' }],
    ['TELNYX_BASE_URL', { TELNYX_API_KEY: 'KEY0', TELNYX_BASE_URL: 'ftp://api.telnyx.com' }],
    ['TELNYX_BASE_URL', { TELNYX_API_KEY: 'KEY0', TELNYX_BASE_URL: 'http://api.telnyx.com/v2' }],
    ['TELNYX_PUBLIC_KEY', { TELNYX_PUBLIC_KEY: 'abc' }],
    ['TELNYX_PUBLIC_KEY', { TELNYX_PUBLIC_KEY: Buffer.alloc(31).toString('base64') }],
    ['TELNYX_PUBLIC_KEY', { TELNYX_PUBLIC_KEY: `${base64},` }],
    ['TELNYX_PUBLIC_KEY', { TELNYX_PUBLIC_KEY: `${base64},${base64},${base64}` }],
    ['TELNYX_PUBLIC_KEY', { TELNYX_PUBLIC_KEY: rsaPem() }],
    ['API_READ_TOKEN', { API_READ_TOKEN: 'short' }],
    ['API_OPERATE_TOKEN', { API_OPERATE_TOKEN: 'long enough but with spaces' }],
    ['API_OPERATE_TOKEN', { API_READ_TOKEN: token, API_OPERATE_TOKEN: token }],
    ['GRACE_MINUTES', { GRACE_MINUTES: '1441' }],
    ['GRACE_MINUTES', { GRACE_MINUTES: '0.5' }],
    ['HEALING', { HEALING: 'on' }],
    ['HEALING_PER_DAY', { HEALING_PER_DAY: '0' }],
    ['OVERDUE_AFTER', { OVERDUE_AFTER: 'exception' }],
    ['OVERDUE_AFTER', { OVERDUE_AFTER: 'exception=0' }],
    ['OVERDUE_AFTER', { OVERDUE_AFTER: 'exception=5;submitted=10' }],
    ['OVERDUE_AFTER', { OVERDUE_AFTER: 'exception=5,' }],
    ['OVERDUE_AFTER', { OVERDUE_AFTER: 'exception=366' }],
    ['RETAIN_DAYS', { RETAIN_DAYS: '29' }],
    ['RETAIN_DAYS', { RETAIN_DAYS: '0' }],
    ['RETAIN_DAYS', { RETAIN_DAYS: 'forever' }],
    ['WEBHOOK_TYPES', { WEBHOOK_TYPES: 'learnt' }],
    ['WEBHOOK_TYPES', { WEBHOOK_TYPES: 'none,porting_order.split' }],
    ['DYNAMODB_ENDPOINT', { DYNAMODB_ENDPOINT: 'localhost:8000' }],
  ])('refuses a bad %s in one line that says what to set', ([name, environment]) => {
    const read = (): unknown => readSettings(environment);
    expect(read).toThrow(CannotStart);
    expect(read).toThrow(new RegExp(`^[^\\n]*${name}[^\\n]*(set|must be) [^\\n]+$`));
  });

  it('names the statuses that may be overdue when one is misspelt', () => {
    expect(() => readSettings({ OVERDUE_AFTER: 'exeption=5' })).toThrow(
      /^OVERDUE_AFTER must be .*: exeption=5 is none; the statuses are draft, in-process, submitted, exception, /,
    );
  });

  it('says that a value is in quotes, whatever the setting', () => {
    const values = ['"KEY0_a"', "'KEY0_a'", ' "KEY0_a"\n', '"KEY0_a\n"'];
    for (const name of ['TELNYX_API_KEY', 'API_READ_TOKEN', 'TELNYX_PUBLIC_KEY', 'DATA_DIR', 'OVERDUE_AFTER']) {
      for (const value of values) {
        expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`^${name} is in quotes: set it [^"'\n]+$`));
      }
    }
    expect(() => readSettings({ TELNYX_API_KEY: '"KEY0_a' })).toThrow('TELNYX_API_KEY is in quotes');
  });

  it('does not repeat a secret in a message', () => {
    const secret = 'hush hush this is secret';
    for (const name of ['TELNYX_API_KEY', 'API_READ_TOKEN', 'API_OPERATE_TOKEN']) {
      expect(() => readSettings({ [name]: secret })).not.toThrow(/hush/);
      expect(() => readSettings({ [name]: secret })).toThrow(name);
    }
  });
});

function rsaPem(): string {
  return generateKeyPairSync('rsa', { modulusLength: 1024 })
    .publicKey.export({ format: 'pem', type: 'spki' })
    .toString();
}
