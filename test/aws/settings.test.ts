import { generateKeyPairSync } from 'node:crypto';
import { Token } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { readOverdueLimits } from '../../functions/porting/overdue.ts';
import { readSettings } from '../../infra/aws/settings.ts';
import { SettingsError } from '../../infra/aws/settings-error.ts';
import { samplePublicKey } from './synthesized.ts';

const read = (context: Record<string, unknown>) => readSettings({ telnyxPublicKey: samplePublicKey, ...context });

function problems(context: Record<string, unknown>): string {
  try {
    readSettings(context);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error('the settings were accepted');
}

const refused = (context: Record<string, unknown>) => problems({ telnyxPublicKey: samplePublicKey, ...context });

describe('the defaults', () => {
  test('need nothing but a public key', () => {
    expect(read({})).toEqual({
      telnyxPublicKey: samplePublicKey,
      telnyxBaseUrl: 'https://api.telnyx.com/v2',
      stackPrefix: 'PortInLedger',
      webhookConcurrency: undefined,
      webhookThrough: 'url',
      logRetentionDays: 90,
      apiRequestsPerSecond: 50,
      apiBurst: 100,
      alarmEmail: undefined,
      noticeEmail: undefined,
      chatNotices: 'off',
      webhookTypes: 'learned',
      graceMinutes: '15',
      overdueAfter: 'default',
      retainDays: 'none',
      orderDetails: 'on',
      healing: 'off',
      healingPerDay: '50',
      runbookUrl: 'https://github.com/port-in-ledger/port-in-ledger/blob/main/docs/operations.md',
      notices: 'all',
      digestAt: '08:00',
      timezone: 'UTC',
      console: 'on',
    });
  });

  test('are overridden by settings, as text from the command line or as a number from cdk.json', () => {
    const given = { logRetentionDays: '30', webhookConcurrency: 20, telnyxBaseUrl: 'https://telnyx.example/v2/' };
    expect(read(given)).toMatchObject({
      logRetentionDays: 30,
      webhookConcurrency: 20,
      telnyxBaseUrl: 'https://telnyx.example/v2',
    });
  });

  test("pass over the CDK's own context", () => {
    expect(() => read({ 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:flag': true, 'cdk-migrate': 1 })).not.toThrow();
  });
});

describe('telnyxPublicKey', () => {
  test('missing: the message says where to find it', () => {
    expect(problems({})).toMatch(/^telnyxPublicKey is missing: set it to the public key of your Telnyx account/);
    expect(problems({ telnyxPublicKey: '' })).toMatch(/^telnyxPublicKey is missing/);
  });

  test('takes up to three, comma-separated', () => {
    const three = [samplePublicKey, samplePublicKey, samplePublicKey];
    expect(read({ telnyxPublicKey: three.join(' , ') }).telnyxPublicKey).toBe(three.join(','));
    expect(problems({ telnyxPublicKey: [...three, samplePublicKey].join() })).toMatch(
      /holds 4 keys: set it to one to three/,
    );
  });

  test.each([
    ['with its line breaks, from cdk.json', (pem: string) => pem],
    ['with blanks for them, because the cdk command passes on one line', (pem: string) => pem.replaceAll('\n', ' ')],
    ['with them written out', (pem: string) => pem.replaceAll('\n', '\\n')],
    ['without its first and last line', (pem: string) => pem.split('\n')[1] ?? ''],
  ])('as PEM becomes base64 of its 32 bytes: %s', (_, given) => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = given(String(publicKey.export({ format: 'pem', type: 'spki' })));
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const expected = Buffer.from(x, 'base64url').toString('base64');
    expect(read({ telnyxPublicKey: pem }).telnyxPublicKey).toBe(expected);
    expect(read({ telnyxPublicKey: `${pem},${pem}` }).telnyxPublicKey).toBe(`${expected},${expected}`);
  });

  test.each([
    ['31 bytes', Buffer.alloc(31, 1).toString('base64')],
    ['33 bytes', Buffer.alloc(33, 1).toString('base64')],
    ['the first line of a PEM, which is all that the cdk command passes on', '-----BEGIN PUBLIC KEY-----'],
    ['an API key', 'KEY0123456789ABCDEF'],
    ['a key of another kind', generateKeyPairSync('x25519').publicKey.export({ format: 'pem', type: 'spki' })],
    ['an empty place in the list', `,${samplePublicKey}`],
  ])('refuses %s', (_, telnyxPublicKey) => {
    expect(problems({ telnyxPublicKey })).toMatch(
      /^telnyxPublicKey has no Ed25519 public key at position 1: copy it from the Telnyx portal, and set it to base64/,
    );
  });

  test('names the position of the wrong one', () => {
    expect(problems({ telnyxPublicKey: `${samplePublicKey},nonsense` })).toMatch(/at position 2/);
  });
});

describe('settings of the service itself', () => {
  test('are accepted without the blanks around them', () => {
    const given = {
      alarmEmail: 'porting@example.com',
      webhookThrough: ' api ',
      webhookTypes: 'porting_order.status_changed, porting_order.new_comment',
      graceMinutes: '0',
      overdueAfter: ' exception = 3, submitted=10',
      retainDays: '30',
      healing: 'republish',
      healingPerDay: '10000',
    };
    expect(read(given)).toMatchObject({
      alarmEmail: 'porting@example.com',
      webhookThrough: 'api',
      webhookTypes: 'porting_order.status_changed, porting_order.new_comment',
      graceMinutes: '0',
      overdueAfter: 'exception = 3, submitted=10',
      retainDays: '30',
      healing: 'republish',
      healingPerDay: '10000',
    });
  });

  test.each(['learned', 'none'])('webhookTypes takes the word %s', (webhookTypes) => {
    expect(read({ webhookTypes }).webhookTypes).toBe(webhookTypes);
  });

  test('overdueAfter takes every status that has a limit', () => {
    for (const status of readOverdueLimits('default').keys()) {
      expect(read({ overdueAfter: `${status}=1` }).overdueAfter).toBe(`${status}=1`);
    }
  });
});

describe('a slip of the keyboard', () => {
  test('in the name is reported, with the name that was meant', () => {
    expect(refused({ WebhookConcurrency: 5 })).toBe('WebhookConcurrency is not a setting: write webhookConcurrency');
    expect(problems({ telnyxPublickey: samplePublicKey })).toMatch(/write telnyxPublicKey\ntelnyxPublicKey is missing/);
  });

  test('in a name that resembles none is reported, with all names', () => {
    expect(refused({ logDays: 5 })).toMatch(
      /^logDays is not a setting: the settings are telnyxPublicKey, telnyxBaseUrl/,
    );
  });

  test.each([
    [
      'telnyxBaseUrl',
      'api.telnyx.com/v2',
      /^telnyxBaseUrl is not an address that .*: set it to one such as https:\/\/api\.telnyx\.com\/v2, without/,
    ],
    ['telnyxBaseUrl', 'ftp://api.telnyx.com', /^telnyxBaseUrl is not an address/],
    ['telnyxBaseUrl', 'http://api.telnyx.com/v2', /^telnyxBaseUrl is not an address.* http is for this machine only/],
    ['telnyxBaseUrl', 'https://api.telnyx.com/v2?a=b', /^telnyxBaseUrl is not an address/],
    ['logRetentionDays', '31', /^logRetentionDays must be one of 1, 3, 5, .*, not 31$/],
    ['logRetentionDays', '9999', /^logRetentionDays must be one of/],
    ['stackPrefix', 'my_ledger', /^stackPrefix must be a letter and up to 59 more letters, digits and hyphens/],
    ['webhookConcurrency', '0', /^webhookConcurrency must be a whole number from 1 to 99999, not 0$/],
    ['webhookConcurrency', 'ten', /^webhookConcurrency must be a whole number/],
    ['webhookThrough', 'gateway', /^webhookThrough must be url or api, not gateway$/],
    ['apiRequestsPerSecond', '1.5', /^apiRequestsPerSecond must be a whole number/],
    ['apiBurst', '-1', /^apiBurst must be a whole number/],
    ['alarmEmail', 'porting', /^alarmEmail must be one e-mail address, not porting$/],
    ['alarmEmail', 'a@example.com,b@example.com', /^alarmEmail must be one e-mail address/],
    [
      'webhookTypes',
      'all',
      /^webhookTypes must be learned, none, or comma-separated event types such as porting_order\.status_changed/,
    ],
    ['webhookTypes', '', /^webhookTypes must be learned/],
    ['graceMinutes', '1441', /^graceMinutes must be a whole number from 0 to 1440, not 1441$/],
    ['overdueAfter', 'exception:5', /^overdueAfter must be default, or statuses with 1 to 365 business days, such as/],
    ['overdueAfter', 'exception=0', /exception=0 is none; the statuses are draft, .*, each at most once$/],
    ['overdueAfter', '', /^overdueAfter must be default/],
    ['retainDays', '29', /^retainDays must be none or a whole number from 30 to 3650, not 29$/],
    ['retainDays', '3651', /^retainDays must be none or a whole number/],
    ['retainDays', '', /^retainDays must be none or a whole number/],
    ['healing', 'on', /^healing must be off or republish, not on$/],
    ['healingPerDay', '0', /^healingPerDay must be a whole number from 1 to 10000, not 0$/],
    ['healingPerDay', '007', /^healingPerDay must be a whole number/],
    ['apiBurst', ['1'], /^apiBurst must be a text or a number, not \["1"\]$/],
    [
      'alarmEmail',
      Token.asString({ Ref: 'Email' }),
      /^alarmEmail is a token, which is known only at deployment: set it to the text/,
    ],
  ])('in the value of %s is reported: %s', (name, given, message) => {
    expect(refused({ [name]: given })).toMatch(message);
  });

  test('does not hide the next one: each has its line', () => {
    expect(refused({ apiBurst: 0, logRetentionDays: 31 }).split('\n')).toHaveLength(2);
  });
});
