import { describe, expect, test } from 'vitest';
import { type Channel, isDue, readWebhookTypes } from '../../functions/porting/due.ts';
import { readSetting } from '../../functions/porting/settings.ts';

const STATUS_CHANGED = 'porting_order.status_changed';
const SPLIT = 'porting_order.split';
const CREATED_AT = '2026-03-02T12:00:00.000500Z';

/** Webhooks of every type have been arriving for a day, and this one cannot have gone elsewhere. */
const channel: Channel = {
  types: 'learned',
  since: '2026-03-01T12:00:00.000000Z',
  orderUrl: null,
  ownUrl: 'https://ledger.example.com/webhooks/telnyx',
  idsAgree: undefined,
  isRecognisable: true,
};

const dueWith = (members: Partial<Channel>, eventType = STATUS_CHANGED) =>
  isDue(eventType, CREATED_AT, { ...channel, ...members });

describe('the setting for the types that have webhooks', () => {
  test.each(['learned', 'none'])('may be %s', (setting) => {
    expect(readWebhookTypes(setting)).toBe(setting);
    expect(readSetting('WEBHOOK_TYPES', ` ${setting}\n`, readWebhookTypes)).toBe(setting);
  });

  test('may be a list of types', () => {
    expect(readWebhookTypes(SPLIT)).toEqual(new Set([SPLIT]));
    expect(readWebhookTypes(` ${SPLIT}, ${STATUS_CHANGED} `)).toEqual(new Set([SPLIT, STATUS_CHANGED]));
  });
});

describe("an event's webhook is due", () => {
  test('if the event is no older than the first webhook of its type', () => {
    expect(dueWith({ since: '2026-03-02T12:00:00.000499Z' })).toBe(true);
    expect(dueWith({ since: '2026-03-02T12:00:00.000500Z' })).toBe(true);
    expect(dueWith({ since: '2026-03-02T12:00:00.000501Z' })).toBe(false);
  });

  test('only once a webhook of its type has arrived', () => {
    expect(dueWith({ since: undefined })).toBe(false);
  });

  test('if its type is in the configured list, whatever has arrived', () => {
    const types = new Set([STATUS_CHANGED]);
    expect(dueWith({ types, since: undefined })).toBe(true);
    expect(dueWith({ types, since: '2026-03-02T12:00:00.000501Z' })).toBe(true);
    expect(dueWith({ types }, SPLIT)).toBe(false);
  });

  test('never if the account has no webhooks', () => {
    expect(dueWith({ types: 'none' })).toBe(false);
  });

  test('even if its type is unknown', () => {
    expect(dueWith({}, 'porting_order.something_new')).toBe(true);
  });

  test.each([
    'porting_order.loa_updated',
    'porting_order.sharing_token_expired',
  ])('never for %s, which Telnyx does not send', (eventType) => {
    expect(dueWith({}, eventType)).toBe(false);
    expect(dueWith({ types: new Set([eventType]) }, eventType)).toBe(false);
  });
});

describe('the webhook of an order with its own webhook URL', () => {
  test.each([
    'https://ledger.example.com/webhooks/telnyx',
    'http://ledger.example.com/webhooks/telnyx',
    'ledger.example.com/webhooks/telnyx',
    'https://ledger.example.com/webhooks/telnyx/',
    'https://ledger.example.com/webhooks/telnyx//',
    'HTTPS://Ledger.Example.com/webhooks/Telnyx',
    ' https://ledger.example.com/webhooks/telnyx\n',
  ])("is due if the URL is the ledger's: %j", (orderUrl) => {
    expect(dueWith({ orderUrl })).toBe(true);
  });

  test.each([
    'https://crm.example.com/webhooks/telnyx',
    'https://ledger.example.com/webhooks',
    'https://ledger.example.com/webhooks/telnyx?tenant=1',
    'https://ledger.example.com/webhooks//telnyx',
  ])('is not due if the URL is another: %s', (orderUrl) => {
    expect(dueWith({ orderUrl })).toBe(false);
    expect(dueWith({ orderUrl, idsAgree: true })).toBe(false);
  });

  test.each([null, undefined, ''])('is due if the URL is %j, because there is none', (orderUrl) => {
    expect(dueWith({ orderUrl })).toBe(true);
  });
});

describe('the webhook of an event that could not be recognised under another id', () => {
  test('is due if webhooks carry the ids of the list', () => {
    expect(dueWith({ isRecognisable: false, idsAgree: true })).toBe(true);
  });

  test.each([false, undefined])('is not due if they do not, or if that is unknown: %s', (idsAgree) => {
    expect(dueWith({ isRecognisable: false, idsAgree })).toBe(false);
    expect(dueWith({ isRecognisable: true, idsAgree })).toBe(true);
  });
});

test.each([
  'learnt',
  'all',
  `none,${SPLIT}`,
  `${SPLIT},`,
  '',
  'porting_order.Split',
])('the types %j are refused, and the error says what is allowed', (setting) => {
  expect(() => readWebhookTypes(setting)).toThrow(/^must be learned, none, or comma-separated event types such as /);
});
