import { Telnyx } from 'telnyx';
import { describe, expect, it } from 'vitest';
import type { EventsApi } from '../../../infra/local/simulator/events-api.ts';
import { API_KEY, deployed, outcomesIn, SETUP, SYNCED, WEBHOOK_URL, wordsOf } from './deployed.ts';

const withKey = { environment: { TELNYX_API_KEY: API_KEY } };
const DISCONNECT = ['disconnect', '--stack', 'PortInLedger'] as const;
const OTHER_URL = 'https://crm.example.com/telnyx';

/** What the account has: profiles by name, channels by destination, and the settings' number. */
async function heldBy(telnyx: EventsApi) {
  const sdk = new Telnyx({ apiKey: API_KEY, baseURL: telnyx.url, maxRetries: 0 });
  const [profiles, channels, settings] = await Promise.all([
    sdk.notificationProfiles.list(),
    sdk.notificationChannels.list(),
    sdk.notificationSettings.list(),
  ]);
  return {
    profiles: profiles.data.map(({ name }) => name),
    channels: channels.data.map(({ channel_destination: url }) => url),
    settings: settings.data.length,
  };
}

/** What others have made: a profile with a channel, and if asked for a setting of port-in events. */
async function othersIn(telnyx: EventsApi, name: string, url: string, isSubscribed: boolean) {
  const sdk = new Telnyx({ apiKey: API_KEY, baseURL: telnyx.url, maxRetries: 0 });
  const { data: profile } = await sdk.notificationProfiles.create({ name });
  const { data: channel } = await sdk.notificationChannels.create({
    notification_profile_id: profile?.id ?? '',
    channel_type_id: 'webhook',
    channel_destination: url,
  });
  if (!isSubscribed) return;
  const { data: events } = await sdk.notificationEvents.list({ 'page[size]': 250 });
  const { data: conditions } = await sdk.notificationEventConditions.list({ 'page[size]': 250 });
  const portIn = events.find((one) => one.name === 'Port In Notifications');
  await sdk.notificationSettings.create({
    notification_event_condition_id: conditions.find((one) => one.notification_event_id === portIn?.id)?.id ?? '',
    notification_profile_id: profile?.id ?? '',
    notification_channel_id: channel?.id ?? '',
  });
}

describe('registering the webhook', () => {
  it('makes a profile, a channel and a setting of port-in events, all known by name and address', async () => {
    const { run, telnyx } = await deployed();
    await run([...SETUP], withKey);
    expect(await heldBy(telnyx)).toEqual({ profiles: ['port-in-ledger'], channels: [WEBHOOK_URL], settings: 1 });
  });

  it('waits until the setting is enabled, which it is not at first', async () => {
    let now = Date.parse('2026-11-20T09:00:00Z');
    const passing = () => {
      now += 300;
      return now;
    };
    const { run, telnyx } = await deployed(SYNCED, { now: passing, notifications: { settlesAfterMs: 5_000 } });
    const ran = await run([...SETUP, '--json'], withKey);
    expect([ran.code, outcomesIn(ran).webhook]).toEqual([0, 'done']);
    const looks = telnyx.requests.filter(({ path }) => /settings\/./.test(path)).length;
    expect(looks).toBeGreaterThan(1);
  });

  it('says so when it stays as it was, and goes on with it the next time', async () => {
    const { run, telnyx } = await deployed(SYNCED, { notifications: { settlesAfterMs: 1e9 } });
    const ran = await run([...SETUP, '--json'], withKey);
    expect([ran.code, outcomesIn(ran).webhook]).toEqual([1, 'failed']);
    expect(wordsOf(ran, 'webhook')).toMatch(/^The setting is enable-received, not enabled: run it again later/);
    const check = await run([...SETUP, '--check', '--json']);
    expect(wordsOf(check, 'webhook')).toMatch(/^registered, but enable-received/);
    await run([...SETUP]);
    expect(await heldBy(telnyx)).toMatchObject({ profiles: ['port-in-ledger'], settings: 1 });
  });

  it('goes on after a half that an earlier run has made', async () => {
    const { run, telnyx } = await deployed();
    telnyx.intercept = ({ method, path }) =>
      method === 'POST' && path.endsWith('settings') ? { status: 422, body: { errors: [{ title: 'No' }] } } : undefined;
    expect((await run([...SETUP], withKey)).code).toBe(1);
    telnyx.intercept = undefined;
    expect((await run([...SETUP], withKey)).code).toBe(0);
    expect(await heldBy(telnyx)).toEqual({ profiles: ['port-in-ledger'], channels: [WEBHOOK_URL], settings: 1 });
  });

  it('finds what it has made behind 300 profiles of others', async () => {
    const { run, telnyx } = await deployed();
    for (let number = 0; number < 300; number += 1) {
      await fetch(`${telnyx.url}/notification_profiles`, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify({ name: `other ${number}` }),
      });
    }
    await run([...SETUP], withKey);
    const ran = await run([...SETUP, '--json']);
    expect(outcomesIn(ran).webhook).toBe('already');
  });

  it('makes nothing where a list is not whole', async () => {
    const { run, telnyx, changes } = await deployed();
    const meta = { page_number: 1, page_size: 250, total_pages: 1, total_results: 1 };
    telnyx.intercept = ({ path }) => (path.endsWith('profiles') ? { body: { meta } } : undefined);
    const ran = await run([...SETUP, '--json'], withKey);
    expect(wordsOf(ran, 'webhook')).toBe("Telnyx's list of notification profiles is not whole: run it again");
    expect(changes()).toEqual([]);
  });

  it('takes the registration of someone else as it is, whether its address ends in a slash or not', async () => {
    const { run, telnyx } = await deployed();
    await othersIn(telnyx, 'Ops', WEBHOOK_URL.replace(/\/$/, ''), true);
    const before = await heldBy(telnyx);
    const ran = await run([...SETUP, '--json'], withKey);
    expect(wordsOf(ran, 'webhook')).toBe('registered at Telnyx (profile "Ops", which setup has not made), and enabled');
    expect(await heldBy(telnyx)).toEqual(before);
  });

  it('makes a profile of its own beside those of others', async () => {
    const { run, telnyx } = await deployed();
    await othersIn(telnyx, 'Ops', OTHER_URL, true);
    await run([...SETUP], withKey);
    expect(await heldBy(telnyx)).toEqual({
      profiles: ['Ops', 'port-in-ledger'],
      channels: [OTHER_URL, WEBHOOK_URL],
      settings: 2,
    });
  });

  it('names an old address of the ledger that is still registered', async () => {
    const { run, telnyx } = await deployed();
    await othersIn(telnyx, 'port-in-ledger', 'https://old.lambda-url.us-east-1.on.aws/', true);
    const { stderr } = await run([...SETUP], withKey);
    expect(stderr).toContain('disconnect --webhook-url https://old.lambda-url.us-east-1.on.aws/');
    expect((await heldBy(telnyx)).profiles).toEqual(['port-in-ledger']);
  });

  it('keeps to the pace that Telnyx takes, and repeats what it refused for its pace', async () => {
    const { run, telnyx, begin } = await deployed(SYNCED);
    let refusals = 0;
    telnyx.intercept = ({ method, path }) => {
      refusals += method === 'POST' && path.endsWith('channels') ? 1 : 0;
      return refusals === 1 && method === 'POST' && path.endsWith('channels')
        ? { status: 429, body: { errors: [{ code: '10011', title: 'Too many requests' }] } }
        : undefined;
    };
    const { ended, pauses } = begin([...SETUP], [API_KEY]);
    expect((await ended).code).toBe(0);
    expect(pauses.filter((pause) => pause >= 500).length).toBeGreaterThanOrEqual(telnyx.requests.length - 2);
    expect(await heldBy(telnyx)).toMatchObject({ channels: [WEBHOOK_URL], settings: 1 });
    expect((await run([...SETUP])).code).toBe(0);
  });

  it('does not ask a second time for what may have been made', async () => {
    const { run, telnyx, changes } = await deployed();
    telnyx.intercept = ({ method, path }) =>
      method === 'POST' && path.endsWith('profiles') ? { truncate: true } : undefined;
    expect((await run([...SETUP], withKey)).code).not.toBe(0);
    expect(changes()).toEqual(['POST /v2/notification_profiles']);
    telnyx.intercept = undefined;
    expect((await run([...SETUP], withKey)).code).toBe(0);
    expect((await heldBy(telnyx)).profiles).toEqual(['port-in-ledger']);
  });
});

describe('disconnect', () => {
  it('takes back what setup has made, with nothing of this machine', async () => {
    let now = Date.parse('2026-11-20T09:00:00Z');
    const passing = () => {
      now += 1_000;
      return now;
    };
    const { run, telnyx } = await deployed(SYNCED, { now: passing, notifications: { settlesAfterMs: 5_000 } });
    await run([...SETUP], withKey);
    const elsewhere = { environment: { HOME: '/nonexistent' } };
    const { code, stdout, stderr } = await run(DISCONNECT, elsewhere);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `taken away: the setting, the channel, the profile. Telnyx sends nothing more to ${WEBHOOK_URL}\n`,
    });
    expect(stderr).toContain("organization's owner");
    now += 60_000;
    expect(await heldBy(telnyx)).toEqual({ profiles: [], channels: [], settings: 0 });
    expect((await run(DISCONNECT)).stdout).toMatch(/^already: /);
    expect((await run([...SETUP])).code).toBe(0);
  });

  it('changes nothing with --dry-run', async () => {
    const { run, changes } = await deployed();
    await run([...SETUP], withKey);
    const before = changes().length;
    const { code, stdout } = await run([...DISCONNECT, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^would take away: setting \S+, channel \S+, and profile "port-in-ledger"/);
    expect(changes()).toHaveLength(before);
  });

  it('leaves alone what others have made, even for the same address', async () => {
    const { run, telnyx } = await deployed();
    await othersIn(telnyx, 'Ops', WEBHOOK_URL, true);
    await othersIn(telnyx, 'port-in-ledger', 'https://other-ledger.example.com/', true);
    const before = await heldBy(telnyx);
    const { code, stdout, stderr } = await run(DISCONNECT, withKey);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^already: /) });
    expect(stderr).toContain('Profile "Ops" sends to this address too');
    expect(await heldBy(telnyx)).toEqual(before);
  });

  it('takes back an old address without its stacks', async () => {
    const { run, telnyx, aws } = await deployed();
    await run([...SETUP], withKey);
    aws.stacks.clear();
    const environment = { TELNYX_API_KEY: API_KEY, TELNYX_BASE_URL: telnyx.url };
    expect((await run(['disconnect', '--webhook-url', WEBHOOK_URL], { environment })).code).toBe(0);
    expect((await heldBy(telnyx)).channels).toEqual([]);
  });

  it('needs to know what to disconnect', async () => {
    const { run } = await deployed();
    expect((await run(['disconnect'])).code).toBe(2);
    expect((await run([...DISCONNECT, '--webhook-url', WEBHOOK_URL])).code).toBe(2);
  });
});
