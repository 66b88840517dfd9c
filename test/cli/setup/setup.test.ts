import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { event, status } from '../samples.ts';
import { TOKEN } from '../stub-ledger.ts';
import {
  API_KEY,
  deliveredAt,
  deployed,
  outcomesIn,
  READ_TOKEN,
  SETUP,
  SYNCED,
  WEBHOOK_URL,
  wordsOf,
} from './deployed.ts';

const MADE = ['/v2/notification_profiles', '/v2/notification_channels', '/v2/notification_settings'];
const withKey = { environment: { TELNYX_API_KEY: API_KEY } };

describe('setup', () => {
  it('connects a ledger that was just deployed', async () => {
    const { aws, run, changes, home, ledger } = await deployed();
    const ran = await run([...SETUP, '--yes', '--json'], { input: [`${API_KEY}\n`] });
    expect(ran.code).toBe(0);
    expect(outcomesIn(ran)).toEqual({
      stacks: 'fine',
      'API key': 'done',
      webhook: 'done',
      API: 'fine',
      'first sync': 'already',
      'way back': 'done',
      clock: 'fine',
      'public key': 'fine',
      concurrency: 'fine',
      'e-mail': 'fine',
      'this machine': 'done',
    });
    expect(aws.secrets.get('arn:key')).toBe(API_KEY);
    expect(aws.changes).toEqual(['PutSecretValue arn:key']);
    expect(changes()).toEqual(MADE.map((path) => `POST ${path}`));
    const kept = join(home, '.config/port-in-ledger/connection.json');
    expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual({ url: ledger.url, token: TOKEN });
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
  });

  it('says who may do it, and shows neither key nor token', async () => {
    const { run } = await deployed();
    const { code, stdout, stderr } = await run([...SETUP, '--yes'], withKey);
    expect(code).toBe(0);
    expect(stderr).toContain("Only an organization's owner may");
    expect(stderr).toContain('One ledger covers one Telnyx account');
    expect(stdout).toMatch(/^done +webhook +made at Telnyx: .*; it is enabled$/m);
    for (const secret of [API_KEY, TOKEN, READ_TOKEN]) expect(stdout + stderr).not.toContain(secret);
  });

  it('ends with the address of the console, without a token where no one looks', async () => {
    const { run, ledger } = await deployed();
    expect((await run([...SETUP], withKey)).stdout).toMatch(new RegExp(`^The console: ${ledger.url}/$`, 'm'));
    const off = await deployed({ ...SYNCED, 'GET /': { status: 404, body: {} } });
    expect((await off.run([...SETUP], withKey)).stdout).not.toContain('console');
  });

  it('can be run again: everything is there already', async () => {
    const { run, changes, aws } = await deployed({ ...SYNCED, 'GET /v2/status': { body: { data: recently() } } });
    await run([...SETUP], withKey);
    const [made, put] = [changes().length, aws.changes.length];
    const again = await run([...SETUP, '--json']);
    expect(again.code).toBe(0);
    expect([...new Set(Object.values(outcomesIn(again)))]).toEqual(['fine', 'already']);
    expect([changes().length, aws.changes.length]).toEqual([made, put]);
  });

  it('changes nothing with --dry-run, and says what it would do', async () => {
    const { run, changes, aws, ledger, home } = await deployed();
    const ran = await run([...SETUP, '--dry-run', '--json'], withKey);
    expect(ran.code).toBe(0);
    expect(outcomesIn(ran)).toMatchObject({
      'API key': 'would do',
      webhook: 'would do',
      'way back': 'would do',
      'this machine': 'would do',
    });
    expect(wordsOf(ran, 'webhook')).toMatch(/profile .*channel .*setting .*lambda-url/);
    expect([changes(), aws.changes]).toEqual([[], []]);
    expect(ledger.asked.every(({ method }) => method === 'GET')).toBe(true);
    await expect(stat(join(home, '.config'))).rejects.toThrow('ENOENT');
  });

  it('leaves the other steps as they were when one fails, and ends with its code', async () => {
    const { run, changes, aws } = await deployed();
    const ran = await run([...SETUP, '--json'], { environment: { TELNYX_API_KEY: 'KEYwrong' } });
    expect(ran.code).toBe(3);
    expect(outcomesIn(ran)).toMatchObject({
      'API key': 'failed',
      webhook: 'left out',
      'first sync': 'left out',
      'e-mail': 'fine',
      'this machine': 'done',
    });
    expect(wordsOf(ran, 'API key')).toMatch(/^Telnyx refuses the API key \(401, 10009 .*\): copy it from the portal/);
    expect([changes(), aws.changes]).toEqual([[], []]);
    expect(ran.stderr).toContain('run it again: npm run ledger -- setup --stack PortInLedger');
  });

  it('says that the owner must do it, when the key may not', async () => {
    const { run } = await deployed(SYNCED, { notifications: { isReadOnly: true } });
    const ran = await run([...SETUP, '--json'], withKey);
    expect(ran.code).toBe(3);
    expect(wordsOf(ran, 'webhook')).toContain("an organization's owner must");
  });
});

describe('the stacks', () => {
  it('that are not there end everything', async () => {
    const { run, aws } = await deployed();
    aws.stacks.clear();
    const ran = await run([...SETUP, '--json']);
    expect(ran.code).toBe(4);
    expect(outcomesIn(ran)).toEqual({ stacks: 'failed' });
    expect(wordsOf(ran, 'stacks')).toMatch(/PortInLedger-Data, .* in us-east-1: deploy it,/);
  });

  it('that are deployed by half name the missing output', async () => {
    const { run, aws } = await deployed();
    aws.stacks.delete('PortInLedger-Service');
    aws.stackStatus = 'ROLLBACK_COMPLETE';
    const ran = await run([...SETUP, '--json']);
    expect(ran.code).toBe(1);
    expect(wordsOf(ran, 'stacks')).toMatch(/no output SyncFunction \(PortInLedger-Data is ROLLBACK_COMPLETE\)/);
  });

  it('may be one stack with all outputs', async () => {
    const { run, aws } = await deployed();
    const all = Object.assign({}, ...aws.stacks.values());
    aws.stacks.clear();
    aws.stacks.set('Mine', all);
    expect((await run(['setup', '--stack', 'Mine', '--yes', '--json'], withKey)).code).toBe(0);
  });

  it.each([
    ['DescribeStacks', 'stacks'],
    ['PutSecretValue', 'API key'],
    ['ListSubscriptionsByTopic', 'e-mail'],
  ])('say which credentials are needed when %s is forbidden', async (operation, step) => {
    const { run, aws } = await deployed();
    aws.forbidden.add(operation);
    const ran = await run([...SETUP, '--json'], withKey);
    expect(ran.code).toBe(1);
    expect(wordsOf(ran, step)).toMatch(/credentials may not do that .*: use those that deploy the stacks/);
  });
});

describe('the API key', () => {
  it('is needed, and setup says where from', async () => {
    const { run } = await deployed();
    const ran = await run([...SETUP, '--json']);
    expect(ran.code).toBe(2);
    expect(wordsOf(ran, 'API key')).toMatch(/^There is no Telnyx API key: type it/);
  });

  it.each(['"KEYquoted"', 'KEY with spaces'])('that is mangled is refused before Telnyx sees it: %s', async (given) => {
    const { run, telnyx } = await deployed();
    const ran = await run([...SETUP, '--json'], { input: [given] });
    expect(ran.code).toBe(2);
    expect(wordsOf(ran, 'API key')).toMatch(/^The API key .*(plain text|without quotes)/);
    expect(telnyx.requests).toEqual([]);
    expect(ran.stdout + ran.stderr).not.toContain(given);
  });

  it('that is stored is used, and another one replaces it', async () => {
    const { run, aws } = await deployed();
    aws.secrets.set('arn:key', 'KEYold');
    expect((await run([...SETUP, '--json'])).code).toBe(3);
    expect(outcomesIn(await run([...SETUP, '--json', '--new-api-key'], { input: [API_KEY] }))['API key']).toBe('done');
    expect(outcomesIn(await run([...SETUP, '--json']))['API key']).toBe('already');
    expect(aws.secrets.get('arn:key')).toBe(API_KEY);
  });
});

describe('the way back', () => {
  it('is not asked for without a terminal or --yes', async () => {
    const { run, ledger } = await deployed();
    const ran = await run([...SETUP, '--json'], withKey);
    expect([ran.code, outcomesIn(ran)['way back']]).toEqual([0, 'left out']);
    expect(ledger.asked.some(({ method }) => method === 'POST')).toBe(false);
  });

  it('fails when no webhook comes within 5 minutes', async () => {
    const path = `/v2/porting/events/${event(1).id}`;
    const { run, ledger } = await deployed({ ...SYNCED, [`GET ${path}`]: { body: { data: event(1) } } });
    const ran = await run([...SETUP, '--yes', '--json'], withKey);
    expect([ran.code, outcomesIn(ran)['way back']]).toEqual([1, 'failed']);
    expect(wordsOf(ran, 'way back')).toContain('rejections');
    const asked = ledger.asked.filter(({ method }) => method === 'POST');
    expect(asked.map(({ path, headers }) => [path, typeof headers['idempotency-key']])).toEqual([
      [`${path}/republish`, 'string'],
    ]);
  });

  it('is known by the event of an earlier proof: for a day, and a check takes an older one too', async () => {
    const at = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const lately = await deployed({ ...SYNCED, 'GET /v2/porting/events': deliveredAt(at(23)) });
    const ran = await lately.run([...SETUP, '--json'], withKey);
    expect([outcomesIn(ran)['way back'], wordsOf(ran, 'way back')]).toEqual(['already', 'a webhook came 23 h ago']);
    const before = await deployed({ ...SYNCED, 'GET /v2/porting/events': deliveredAt(at(25)) });
    await before.run([...SETUP], withKey);
    const checked = await before.run([...SETUP, '--check', '--json']);
    expect([outcomesIn(checked)['way back'], wordsOf(checked, 'way back')]).toEqual([
      'fine',
      'the last webhook came 25 h ago',
    ]);
    expect(outcomesIn(await before.run([...SETUP, '--dry-run', '--json']))['way back']).toBe('would do');
  });

  it('is to be proved, says a check, where no webhook ever came', async () => {
    const never = await deployed({ ...SYNCED, 'GET /v2/porting/events': deliveredAt(null) });
    await never.run([...SETUP], withKey);
    expect(outcomesIn(await never.run([...SETUP, '--check', '--json']))['way back']).toBe('to do');
  });

  it('takes an event that has a webhook, and leaves it out where there is none', async () => {
    const ledger = { ...event(2).ledger, webhook_last_at: null };
    const silent = event(2, undefined, { event_type: 'porting_order.loa_updated', ledger });
    const none = { body: { data: [silent], meta: {} } };
    const { run } = await deployed({ ...SYNCED, 'GET /v2/porting/events': none });
    const ran = await run([...SETUP, '--yes', '--json'], withKey);
    expect([ran.code, outcomesIn(ran)['way back']]).toEqual([0, 'left out']);
  });
});

describe('setup --check', () => {
  it('is content with a connected ledger, and changes nothing', async () => {
    const { run, changes, aws } = await deployed({ ...SYNCED, 'GET /v2/status': { body: { data: recently() } } });
    await run([...SETUP], withKey);
    const before = [changes().length, aws.changes.length];
    const ran = await run([...SETUP, '--check', '--json']);
    expect(ran.code).toBe(0);
    expect([...new Set(Object.values(outcomesIn(ran)))]).toEqual(['fine', 'already']);
    expect([changes().length, aws.changes.length]).toEqual(before);
  });

  it('finds everything that is missing', async () => {
    const bad = status({
      channels: [],
      sync: { ...status().sync, last_complete_at: null, last_runs: [] },
      rejections: { ...status().rejections, refused_since_webhook: 3 },
      upstream: { ...status().upstream, clock_ahead_seconds: -240 },
    });
    const refusal = {
      kind: 'refused',
      reason: 'signature wrong',
      last_at: '2026-11-20T09:00:00.000000Z',
    };
    const { run, aws, changes } = await deployed({
      ...SYNCED,
      'GET /v2/status': { body: { data: bad } },
      'GET /v2/rejections': { body: { data: [refusal], meta: { next: null } } },
    });
    aws.concurrency = 10;
    aws.topics.set('arn:alarms', [{ protocol: 'email', endpoint: 'owner@example.com', arn: 'PendingConfirmation' }]);
    aws.secrets.set('arn:key', API_KEY);
    const ran = await run([...SETUP, '--check', '--json']);
    expect(ran.code).toBe(1);
    expect(outcomesIn(ran)).toEqual({
      stacks: 'fine',
      'API key': 'already',
      webhook: 'failed',
      API: 'fine',
      'first sync': 'failed',
      'way back': 'left out',
      clock: 'failed',
      'public key': 'failed',
      concurrency: 'to do',
      'e-mail': 'to do',
    });
    expect(wordsOf(ran, 'webhook')).toBe(`${WEBHOOK_URL} is not registered at Telnyx: run setup`);
    expect(wordsOf(ran, 'clock')).toBe("4 min behind Telnyx's: set the clock");
    expect(wordsOf(ran, 'public key')).toMatch(
      /^3 signed requests refused .*signature wrong; compare it with the portal/,
    );
    expect(wordsOf(ran, 'concurrency')).toMatch(/^only 10 Lambda calls/);
    expect(wordsOf(ran, 'e-mail')).toMatch(/^owner@example.com must open the link/);
    expect([changes(), aws.changes]).toEqual([[], []]);
  });

  it('ends with 1 when someone should do something, and setup with 0', async () => {
    const { run, aws } = await deployed();
    aws.topics.clear();
    expect((await run([...SETUP, '--yes'], withKey)).code).toBe(0);
    const ran = await run([...SETUP, '--check', '--json']);
    expect([ran.code, outcomesIn(ran)['e-mail']]).toEqual([1, 'to do']);
  });

  it('cannot be a dry run too', async () => {
    const { run } = await deployed();
    expect((await run([...SETUP, '--check', '--dry-run'])).code).toBe(2);
  });
});

/** A webhook has just come. */
function recently() {
  const at = new Date().toISOString();
  return status({ channels: [{ event_type: 'porting_order.split', first_at: at, last_at: at }] });
}
