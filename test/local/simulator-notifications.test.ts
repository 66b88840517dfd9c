import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Telnyx } from 'telnyx';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEventsApi } from '../../infra/local/simulator/events-api.ts';
import type { NotificationOptions } from '../../infra/local/simulator/notifications-api.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(JSON.parse(readFileSync('test/fixtures/telnyx/openapi-porting.json', 'utf8')), 'telnyx');

/** What is wrong with an answer, by the schema that the document has for it. */
const violations = (template: string, method: string, status: number, body: unknown): unknown => {
  const path = `/paths/${template.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${status}`;
  const schema = status < 400 ? `${path}/content/application~1json/schema` : '/components/schemas/notifications_Errors';
  const validate = ajv.compile({ $ref: `telnyx#${encodeURI(schema)}` });
  return validate(body) ? [] : validate.errors;
};

const apiKey = 'KEYtest';
const url = 'https://ledger.example.com/';

async function account(notifications: NotificationOptions = {}) {
  let now = Date.parse('2026-11-20T09:00:00Z');
  const api = await startEventsApi({
    apiKey,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    now: () => now,
    notifications,
  });
  onTestFinished(api.close);
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(api.url + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = JSON.parse(await response.text());
    const template = path.replace(/\?.*/, '').replace(/\/[0-9a-f-]{36}$/, '/{id}');
    expect(violations(template, method, response.status, answer)).toEqual([]);
    return { status: response.status, ...answer };
  };
  return {
    ask,
    sdk: new Telnyx({ apiKey, baseURL: api.url, maxRetries: 0, logLevel: 'off' }),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

/** A profile, a channel and a setting of port-in events, each answered as the document says. */
async function subscribed(notifications: NotificationOptions = {}) {
  const made = await account(notifications);
  const { ask } = made;
  const { data: events } = await ask('GET', '/notification_events?page[size]=250');
  const { data: conditions } = await ask('GET', '/notification_event_conditions?page[size]=250');
  const portIn = events.find(({ name }: { name: string }) => /port in/i.test(name));
  const condition = conditions.find((one: Record<string, string>) => one.notification_event_id === portIn.id);
  const profile = await ask('POST', '/notification_profiles', { name: 'ours' });
  const channel = await ask('POST', '/notification_channels', {
    notification_profile_id: profile.data.id,
    channel_type_id: 'webhook',
    channel_destination: url,
  });
  const wish = {
    notification_event_condition_id: condition.id,
    notification_profile_id: profile.data.id,
    notification_channel_id: channel.data.id,
  };
  const setting = await ask('POST', '/notification_settings', wish);
  expect([profile.status, channel.status, setting.status]).toEqual([200, 200, 201]);
  return { ...made, profile: profile.data, channel: channel.data, setting: setting.data, wish };
}

describe('what an account can be notified of', () => {
  it('is listed in pages of 20, with port-in after the first', async () => {
    const { ask } = await account();
    const first = await ask('GET', '/notification_events');
    const second = await ask('GET', '/notification_events?page[number]=2');
    const names = (page: { data: { name: string }[] }) => page.data.map(({ name }) => name);
    expect(first.meta).toMatchObject({ page_number: 1, page_size: 20, total_pages: 2 });
    expect(names(first)).not.toContainEqual(expect.stringMatching(/port in/i));
    expect(names(second)).toContainEqual(expect.stringMatching(/port in/i));
    expect(first.data.length + second.data.length).toBe(first.meta.total_results);
  });

  it("comes whole through Telnyx's SDK", async () => {
    const { sdk } = await account();
    const events: string[] = [];
    const conditions: string[] = [];
    for await (const { id } of sdk.notificationEvents.list()) events.push(id ?? '');
    for await (const one of sdk.notificationEventConditions.list()) conditions.push(one.notification_event_id ?? '');
    expect(events.length).toBeGreaterThan(20);
    expect(conditions).toEqual(events);
  });
});

describe('a setting', () => {
  it('takes effect later', async () => {
    const { sdk, setting, pass } = await subscribed({ settlesAfterMs: 5000 });
    const status = async () => (await sdk.notificationSettings.retrieve(setting.id)).data?.status;
    expect([setting.status, await status()]).toEqual(['enable-received', 'enable-received']);
    pass(5000);
    expect(await status()).toBe('enabled');
  });

  it('goes in steps, and what it uses can go after it', async () => {
    const { ask, profile, channel, setting, pass } = await subscribed({ settlesAfterMs: 5000 });
    const settings = async () => (await ask('GET', '/notification_settings')).data;
    expect((await ask('DELETE', `/notification_profiles/${profile.id}`)).status).toBe(422);
    expect((await ask('DELETE', `/notification_channels/${channel.id}`)).status).toBe(422);
    expect(await ask('DELETE', `/notification_settings/${setting.id}`)).toMatchObject({
      status: 201,
      data: { status: 'delete-received' },
    });
    expect((await ask('DELETE', `/notification_channels/${channel.id}`)).status).toBe(422);
    pass(5000);
    expect(await settings()).toMatchObject([{ id: setting.id, status: 'deleted' }]);
    expect((await ask('DELETE', `/notification_channels/${channel.id}`)).status).toBe(200);
    expect((await ask('DELETE', `/notification_profiles/${profile.id}`)).status).toBe(200);
    pass(5000);
    expect(await settings()).toEqual([]);
    expect((await ask('GET', `/notification_settings/${setting.id}`)).status).toBe(404);
  });

  it('is found by its filters', async () => {
    const { ask, profile, setting, wish } = await subscribed();
    const found = async (filter: string, value: string) =>
      (await ask('GET', `/notification_settings?filter[${filter}][eq]=${value}`)).data.map(
        ({ id }: { id: string }) => id,
      );
    expect(await found('notification_profile_id', profile.id)).toEqual([setting.id]);
    expect(await found('notification_event_condition_id', wish.notification_event_condition_id)).toEqual([setting.id]);
    expect(await found('notification_channel', setting.id)).toEqual([]);
    expect(await found('status', 'enabled')).toEqual([]);
  });
});

describe('what is wrong is refused', () => {
  it.each([
    ['a profile without a name', '/notification_profiles', {}, '/name'],
    ['a channel of no profile', '/notification_channels', { channel_type_id: 'webhook' }, '/notification_profile_id'],
    ['a setting of no condition', '/notification_settings', {}, '/notification_event_condition_id'],
  ])('%s', async (_, path, body, pointer) => {
    const { ask } = await account();
    expect(await ask('POST', path, body)).toMatchObject({ status: 422, errors: [{ source: { pointer } }] });
  });

  it('a channel of an unknown type, and a webhook that is no URL', async () => {
    const { ask, profile } = await subscribed();
    const channel = { notification_profile_id: profile.id, channel_type_id: 'pigeon', channel_destination: url };
    expect((await ask('POST', '/notification_channels', channel)).errors[0].code).toBe('10032');
    const noUrl = { ...channel, channel_type_id: 'webhook', channel_destination: 'ledger' };
    expect((await ask('POST', '/notification_channels', noUrl)).errors[0].source.pointer).toBe('/channel_destination');
  });

  it('the same setting twice', async () => {
    const { ask, wish } = await subscribed();
    expect((await ask('POST', '/notification_settings', wish)).status).toBe(422);
  });

  it('a body that is no JSON object, a page too large, and an id that nothing has', async () => {
    const { ask } = await account();
    expect((await ask('POST', '/notification_profiles', '{')).errors[0].code).toBe('10015');
    expect((await ask('GET', '/notification_channels?page[size]=251')).errors[0].code).toBe('10033');
    const nothing = '/notification_channels/00000000-0000-4000-8000-000000000000';
    expect((await ask('GET', nothing)).errors[0].code).toBe('10005');
  });

  it('every change by a member that may only read', async () => {
    const { ask } = await account({ isReadOnly: true });
    expect((await ask('GET', '/notification_profiles')).status).toBe(200);
    expect(await ask('POST', '/notification_profiles', { name: 'ours' })).toMatchObject({
      status: 403,
      errors: [{ code: '10010' }],
    });
  });
});

it('would notice an answer that breaks the specification', () => {
  expect(violations('/notification_profiles', 'GET', 200, { data: [{ name: 1 }] })).not.toEqual([]);
  expect(violations('/notification_settings', 'POST', 201, { data: { status: 'on' } })).not.toEqual([]);
});
