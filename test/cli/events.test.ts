import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { event } from './samples.ts';
import { type Asked, numberedPages, stubLedger } from './stub-ledger.ts';

describe('events', () => {
  it('takes types, days and how long ago', async () => {
    const ledger = await stubLedger({ 'GET /v2/porting/events': numberedPages(() => [event(1)]) });
    const day = ['--from', '2026-11-20', '--to', '2026-11-20'];
    await run(ledger, 'events', '--type', 'split', '--order', 'o1', ...day);
    await run(ledger, 'events', '--type', 'porting_order.loa_updated', '--from', '24h');
    await run(ledger, 'events', '--from', '2026-11-20T09:00:00+01:00');
    const [days, ago, precise] = ledger.asked.map(({ query }) => query);
    expect(days).toMatchObject({
      'filter[type]': 'porting_order.split',
      'filter[porting_order_id]': 'o1',
      'filter[created_at][gte]': '2026-11-20T00:00:00Z',
      'filter[created_at][lte]': '2026-11-20T23:59:59.999999Z',
    });
    expect(ago?.['filter[type]']).toBe('porting_order.loa_updated');
    expect(ago?.['filter[created_at][gte]']).toBe(new Date(Date.now() - 24 * 3_600_000).toISOString());
    expect(precise?.['filter[created_at][gte]']).toBe('2026-11-20T09:00:00+01:00');
  });

  it('reads pages up to the limit', async () => {
    const rows = Array.from({ length: 700 }, (_, index) => event(index));
    const ledger = await stubLedger({ 'GET /v2/porting/events': numberedPages(() => rows) });
    const { stdout } = await run(ledger, 'events', '--limit', '150', '--json');
    expect(JSON.parse(stdout)).toEqual({ data: rows.slice(0, 150), meta: { total_results: 700, more: true } });
    expect(ledger.asked).toHaveLength(2);
    expect((await run(ledger, 'events')).stderr).toBe(
      'There are more: 700 in all. Ask with a larger --limit than 50.\n',
    );
  });

  it('says that no event has this type, and which types are known', async () => {
    const ofType = (asked: Asked) => {
      const rows = [event(1), event(2, undefined, { event_type: 'porting_order.brand_new' })];
      const found = rows.filter(({ event_type }) => event_type === asked.query['filter[type]']);
      return numberedPages(() => found)(asked);
    };
    const ledger = await stubLedger({ 'GET /v2/porting/events': ofType });
    const { code, stderr } = await run(ledger, 'events', '--type', 'bogus');
    const words =
      /^No event in the ledger has the type porting_order\.bogus\. Known types: status_changed, new_comment,/;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(words) });
    // A type that Telnyx has added since is no mistake, even if none is as new as asked for.
    expect((await run(ledger, 'events', '--type', 'brand_new')).stderr).toBe('');
    const late = await run(ledger, 'events', '--type', 'brand_new', '--from', '2026-11-21');
    expect(late.stderr).toBe('No such events.\n');
    expect((await run(ledger, 'events', '--type', 'split')).stderr).toBe('No such events.\n');
  });

  it('never lets foreign text control the terminal', async () => {
    const steering = '\u001b[2J\u001b]0;title\u0007a\nb\u009b1m\u202ec';
    const payload = { status: { value: steering, details: [{ code: steering }] } };
    const rows = [
      event(1, undefined, { payload, porting_order_id: steering, event_type: `porting_order.${steering}` }),
    ];
    const ledger = await stubLedger({
      'GET /v2/porting/events': numberedPages(() => rows),
      'GET /v2/porting/events/e1': { status: 404, body: { errors: [{ code: '10005', title: 'x', detail: steering }] } },
    });
    const plain = await run(ledger, 'events');
    expect(plain.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(plain.stdout.trimEnd().split('\n')).toHaveLength(2);
    const json = await run(ledger, 'events', '--json');
    expect(json.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(json.stdout).data).toEqual(rows);
    const failed = await run(ledger, 'event', 'e1');
    expect(failed.stderr.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe('event', () => {
  const comment = event(2, '2026-11-21T09:00:00.000000Z', {
    event_type: 'porting_order.new_comment',
    payload: {
      support_key: 'sr_6bc693',
      comment: { id: 'c1', user_id: 'u1', user_type: 'admin', body: 'Sign it.\n\n\u001b[2JThen send it.\n' },
    },
  });

  it('shows a comment in full, who wrote it, and how it came', async () => {
    const ledger = await stubLedger({ 'GET /v2/porting/events/e2': { body: { data: comment } } });
    const { code, stdout } = await run(ledger, 'event', 'e2');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['event', comment.id],
      ['type', 'porting_order.new_comment'],
      ['time', expect.stringMatching(/^2026-11-21 09:00:00 UTC, \d+ [dh] ago$/)],
      ['says', 'Sign it.'],
      [''],
      ['', 'Then send it.'],
      ['written by', 'Telnyx, user u1'],
      ['order', comment.porting_order_id],
      ['support key', 'sr_6bc693'],
      ['comment', 'c1'],
      ['came by', 'webhook 2x, list'],
      ['first seen', '2026-11-21 09:00:00 UTC'],
      ['listed', '2026-11-21 09:00:00 UTC'],
      [''],
    ]);
    expect(JSON.parse((await run(ledger, 'event', 'e2', '--json')).stdout)).toEqual({ data: comment });
  });

  it('shows all of a comment whose beginning lists show', async () => {
    const body = 'word '.repeat(100).trim();
    const data = { ...comment, payload: { comment: { user_type: 'user', body } } };
    const ledger = await stubLedger({
      'GET /v2/porting/events/e2': { body: { data } },
      'GET /v2/porting/events': numberedPages(() => [data]),
    });
    expect((await run(ledger, 'event', 'e2')).stdout).toContain(`says          ${body}\n`);
    const row = (await run(ledger, 'events')).stdout.split('\n')[1] ?? '';
    expect(row.split(/ {2,}/)[2]).toBe(`you: ${body.slice(0, 199)}…`);
  });

  it('shows a status with every reason in full', async () => {
    const details = [
      { code: 'LOA_ILLEGIBLE', description: 'It cannot be read.' },
      { code: 'FOC_REJECTED', description: 'Not on a Sunday.' },
    ];
    const data = event(1, undefined, {
      payload: { customer_reference: 'ref 1', status: { value: 'exception', details } },
    });
    const ledger = await stubLedger({ 'GET /v2/porting/events/e1': { body: { data } } });
    const { stdout } = await run(ledger, 'event', 'e1');
    expect(stdout).toMatch(/^says +exception: LOA_ILLEGIBLE, FOC_REJECTED$/m);
    expect(stdout).toMatch(/^ +LOA_ILLEGIBLE: It cannot be read\.\n +FOC_REJECTED: Not on a Sunday\.$/m);
    expect(stdout).toMatch(/^reference +ref 1$/m);
    expect(stdout).not.toContain('written by');
  });
});
