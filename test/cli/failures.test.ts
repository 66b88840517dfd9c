import { describe, expect, it } from 'vitest';
import { passDeadlinesSoon } from '../own-time.ts';
import { begin, run, settingsFor } from './run.ts';
import { order } from './samples.ts';
import { type Answer, cursorPages, problem, stubLedger, TOKEN } from './stub-ledger.ts';

describe('wrong usage ends with 2', () => {
  it.each([
    [[]],
    [['nonsense']],
    [['orders', '--limit', '0']],
    [['orders', '--nonsense']],
    [['events', '--from', '2026-02-30']],
    [['events', '--from', '2026-02-02', '--to', '2026-02-01']],
    [['gaps', '--kind', 'lost']],
    [['tail', '--type', 'split,']],
    [['event']],
    [['backfill']],
    [['backfill', '--from', '2999-01-01']],
    [['order']],
    [['event', '..']],
    [['republish']],
    [['republish', 'e1', '--missed']],
    [['republish', '--missed']],
    [['republish', '--from', '24h', '--yes']],
    [['republish', 'e1', '--key', 'two\nlines']],
  ])('%j', async (args) => {
    const ledger = await stubLedger({});
    const { code, stdout, stderr } = await run(ledger, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^ +at /m);
    expect(ledger.asked).toEqual([]);
  });

  it('says how to list all commands', async () => {
    const ledger = await stubLedger({});
    expect((await run(ledger, 'nonsense')).stderr).toBe(
      "error: unknown command 'nonsense'\nAll commands: npm run ledger -- help [command]\n",
    );
  });

  it('without a command, as JSON in words', async () => {
    const { code, stdout, stderr } = await run(await stubLedger({}), '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ errors: [{ detail: 'a command is needed' }] });
    expect(stderr).toContain('Usage: npm run ledger -- <command>');
  });

  it('without a token, in one line', async () => {
    expect(await begin(['orders'], {}).ended).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'LEDGER_TOKEN is not set: set it to a read or operate token of the ledger, or log in to one on AWS: ' +
        'npm run ledger -- login --stack PortInLedger\n',
    });
  });

  it.each([
    [{ LEDGER_TOKEN: 'secret\nsecret' }],
    [{ LEDGER_TOKEN: 'secret', LEDGER_URL: 'ftp://ledger' }],
    [{ LEDGER_TOKEN: 'secret', LEDGER_URL: 'http://me:secret@ledger' }],
  ])('with bad settings, and shows no secret', async (environment) => {
    const { code, stdout, stderr } = await begin(['orders'], environment).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^LEDGER_\w+ .*\n$/);
    expect(stderr).not.toContain('secret');
  });
});

describe('a request that fails', () => {
  it.each([
    ['a wrong token', 3, problem(401, '10009', 'No such token.')],
    ['a token that may not', 3, problem(403, '10010', 'It may read only.')],
    ['nothing found', 4, problem(404, '10005', 'There is no event e1.')],
    ['a refused parameter', 1, problem(422, '10031', 'That is no parameter.')],
    ['a broken function', 1, problem(500, '10007', 'The log tells what.')],
  ])('says why: %s', async (_, code, answer) => {
    const ledger = await stubLedger({ 'GET /v2/porting/events/e1': answer });
    const errors = (answer as { body: { errors: { detail: string }[] } }).body.errors;
    const plain = await run(ledger, 'event', 'e1');
    expect(plain).toMatchObject({ code, stdout: '' });
    expect(plain.stderr).toContain(errors[0]?.detail);
    const json = await run(ledger, 'event', 'e1', '--json');
    expect(json.code).toBe(code);
    expect(JSON.parse(json.stdout)).toEqual({ errors });
    expect(plain.stderr + json.stderr).not.toContain(TOKEN);
    expect(ledger.asked).toHaveLength(2);
  });

  it.each([
    ['the gateway alone', 4, { status: 404, body: { message: 'Not Found' } }],
    ['something else than a ledger', 1, { body: '<html>' }],
    ['another address', 1, { status: 301, headers: { location: 'http://127.0.0.1:9/' }, body: '' }],
  ])('says that the answer came from %s', async (_, code, answer) => {
    const ledger = await stubLedger({ 'GET /v2/status': answer });
    const { code: ended, stdout, stderr } = await run(ledger, 'status');
    expect({ ended, stdout }).toEqual({ ended: code, stdout: '' });
    expect(stderr).toMatch(/^.*GET \/v2\/status.*\n$/);
  });

  it('ends with 5 when there is no ledger', async () => {
    const ledger = await stubLedger({});
    await ledger.stop();
    const { code, stdout, stderr } = await run(ledger, 'status', '--json');
    expect(code).toBe(5);
    expect(stderr).toMatch(/^The ledger at http:\S+ cannot be reached: .*ECONNREFUSED.*\n$/);
    expect(JSON.parse(stdout).errors[0].detail).toContain('cannot be reached');
  });
});

describe('a GET is repeated', () => {
  const orders = cursorPages([order()])({ query: {} } as never);

  it('as late as the ledger says, after 503 and 429, and says so', async () => {
    const busy = problem(503, '10007', 'The tokens cannot be checked.', { 'retry-after': '2' });
    const ledger = await stubLedger({
      'GET /v2/orders': [busy, { status: 429, body: { message: 'Too Many Requests' } }, orders],
    });
    const { ended, pauses } = begin(['orders'], settingsFor(ledger));
    const { code, stdout, stderr } = await ended;
    expect({ code, asked: ledger.asked.length }).toEqual({ code: 0, asked: 3 });
    expect(stdout).toContain('exception');
    expect(stderr).toBe('The tokens cannot be checked. (503); asking again in 2 s\n');
    expect(pauses).toEqual([2_000, 1_000]);
  });

  it('after a lost connection', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': ['cut', orders] });
    expect(await run(ledger, 'orders')).toMatchObject({ code: 0, stderr: '' });
  });

  it('at most four times, after pauses that grow', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': problem(503, '10007', 'Come later.') });
    const { ended, pauses } = begin(['orders'], settingsFor(ledger));
    expect(await ended).toMatchObject({ code: 1 });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000]);
  });

  it('twice when no answer has come within 35 s', async () => {
    const silent = (): Answer => {
      passDeadlinesSoon(35_000);
      return 'hang';
    };
    const ledger = await stubLedger({ 'GET /v2/orders': silent });
    const { ended, pauses } = begin(['orders'], settingsFor(ledger));
    const { code, stderr } = await ended;
    expect({ code, asked: ledger.asked.length }).toEqual({ code: 5, asked: 3 });
    expect(stderr).toBe(`The ledger at ${ledger.url} cannot be reached: no answer within 35 s\n`);
    expect(pauses).toEqual([500, 1_000]);
  });

  it('not for longer than a minute', async () => {
    const ledger = await stubLedger({
      'GET /v2/orders': problem(503, '10007', 'Come later.', { 'retry-after': '61' }),
    });
    expect(await run(ledger, 'orders')).toMatchObject({ code: 1, stderr: 'Come later. (503)\n' });
    expect(ledger.asked).toHaveLength(1);
  });
});
