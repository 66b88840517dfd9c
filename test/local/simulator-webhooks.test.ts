import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Telnyx from 'telnyx';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PortingEvent } from '../../infra/local/simulator/events-api.ts';
import {
  createKeys,
  startWebhooks,
  type WebhooksOptions,
  webhookBody,
  webhookCount,
  webhookHeaders,
} from '../../infra/local/simulator/webhooks.ts';
import { eventually } from '../eventually.ts';
import { lives } from '../lives.ts';
import { stoppedClock } from './clock.ts';

const events = lives({ seed: 5, from: Date.parse('2026-11-01T00:00:00Z'), orders: 200, days: 10 }).map(
  ({ event }) => event,
);

const firstOf = (type: string, status?: string): PortingEvent => {
  const found = events.find(
    ({ event_type, payload }) =>
      event_type === `porting_order.${type}` &&
      (status === undefined || JSON.stringify(payload?.status).includes(`"value":"${status}"`)),
  );
  if (!found) throw new Error(`no ${type} ${status} among the events`);
  return found;
};

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A receiver that answers the n-th request (from 1) with this status, or never when it is 0. */
const receive = async (statusOf: (count: number) => number) => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, raw: await text(request) });
    const status = statusOf(received.length);
    if (status > 0) response.writeHead(status).end('thanks');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks` };
};

const keys = createKeys(5);
/** However slow this machine is, no attempt is given up; no test waits for the next one. */
const calm = {
  losses: 0,
  duplicates: 0,
  latenessMs: 0,
  retriesAfterMs: [20, 40],
  timeoutMs: 3_600_000,
  sleep: async () => {},
};

const start = (url: string | undefined, options: Partial<WebhooksOptions> = {}) => {
  const webhooks = startWebhooks({ keys, seed: 5, url: () => url, ...calm, ...options });
  closing.push(webhooks.close);
  return webhooks;
};

/** All paths of the fields, array elements under `[]`. */
const shape = (value: unknown, path = ''): string[] => {
  if (Array.isArray(value)) return value.length ? shape(value[0], `${path}[]`) : [`${path}[]`];
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value)
    .flatMap(([key, inner]) => shape(inner, `${path}.${key}`))
    .sort();
};

describe('the body', () => {
  it.each<[string, string | undefined, string]>([
    ['deleted', undefined, 'deleted'],
    ['messaging_changed', undefined, 'messaging_changed.ported'],
    ['new_comment', undefined, 'new_comment'],
    ['split', undefined, 'split'],
    ...['in-process', 'submitted', 'exception', 'foc-date-confirmed', 'ported', 'cancel-pending', 'cancelled'].map(
      (status): [string, string, string] => ['status_changed', status, `status_changed.${status}`],
    ),
  ])('of %s %s has the documented fields', (type, status, name) => {
    const documented = JSON.parse(readFileSync(`test/fixtures/telnyx/port-in/porting_order.${name}.json`, 'utf8'));
    const event = firstOf(type, status);
    const body = JSON.parse(webhookBody(event, { url: 'https://example.com/x', attempt: 1 }));
    expect(shape(body)).toEqual(shape(documented));
    expect(body.data?.id ?? body.id).toBe(event.id);
    expect(body.data?.event_type ?? body.event_type).toBe(event.event_type);
    expect(body.data?.occurred_at ?? body.occurred_at).toBe(event.created_at ?? event.payload?.created_at);
  });

  it('says where it goes, and which attempt it is', () => {
    const body = JSON.parse(webhookBody(firstOf('split'), { url: 'https://example.com/x', attempt: 3, id: 'other' }));
    expect(body.meta).toEqual({ attempt: 3, delivered_to: 'https://example.com/x' });
    expect(body.data.id).toBe('other');
  });

  it('is sent once for each number moved, and never for events that only the API shows', () => {
    const split = firstOf('split');
    expect(webhookCount(split)).toBe((split.payload?.porting_phone_numbers as object[]).length);
    expect(webhookCount(firstOf('status_changed'))).toBe(1);
    expect(webhookCount(firstOf('loa_updated'))).toBe(0);
    expect(webhookCount(firstOf('sharing_token_expired'))).toBe(0);
  });
});

describe('the signature', () => {
  const client = (publicKey: string) => new Telnyx({ apiKey: 'KEYtest', publicKey });
  const body = webhookBody(firstOf('status_changed'), { url: 'https://example.com/x', attempt: 1 });

  it('is accepted by the official SDK, and refused over another body, time or key', async () => {
    const headers = webhookHeaders(keys, body, Date.now());
    const { publicKeyBase64 } = keys;
    await expect(client(publicKeyBase64).webhooks.unwrap(body, { headers })).resolves.toEqual(JSON.parse(body));

    const tampered = body.replace('"draft"', '"ported"');
    expect(tampered).not.toBe(body);
    await expect(client(publicKeyBase64).webhooks.unwrap(tampered, { headers })).rejects.toThrow('does not match');
    const later = { ...headers, 'telnyx-timestamp': String(Number(headers['telnyx-timestamp']) + 1) };
    await expect(client(publicKeyBase64).webhooks.unwrap(body, { headers: later })).rejects.toThrow('does not match');
    const other = client(createKeys(6).publicKeyBase64);
    await expect(other.webhooks.unwrap(body, { headers })).rejects.toThrow('does not match');
  });

  it('comes from the seed, or from chance', () => {
    expect(createKeys(5).publicKeyBase64).toBe(keys.publicKeyBase64);
    expect(createKeys(5).sign('1', 'x')).toBe(keys.sign('1', 'x'));
    expect(createKeys().publicKeyBase64).not.toBe(createKeys().publicKeyBase64);
    expect(Buffer.from(keys.publicKeyBase64, 'base64')).toHaveLength(32);
  });
});

describe('delivery', () => {
  it('arrives signed, as JSON', async () => {
    const { received, url } = await receive(() => 200);
    const webhooks = start(url);
    const event = firstOf('new_comment');
    webhooks.send(event);
    await webhooks.idle();
    expect(webhooks.deliveries).toEqual([{ id: event.id, attempt: 1, outcome: 'delivered', status: 200 }]);
    const [{ headers, raw } = { headers: {}, raw: '' }] = received;
    expect(headers['content-type']).toBe('application/json');
    expect(raw).toBe(webhookBody(event, { url, attempt: 1 }));
    const telnyx = new Telnyx({ apiKey: 'KEYtest', publicKey: keys.publicKeyBase64 });
    await telnyx.webhooks.unwrap(raw, { headers: headers as Record<string, string> });
  });

  it.each([201, 302, 404, 500])('is tried again after %i, with a higher attempt', async (status) => {
    const { received, url } = await receive((count) => (count < 3 ? status : 200));
    const webhooks = start(url);
    webhooks.send(firstOf('new_comment'));
    await webhooks.idle();
    expect(webhooks.deliveries.map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual([
      '1 failed',
      '2 failed',
      '3 delivered',
    ]);
    expect(received.map(({ raw }) => JSON.parse(raw).meta.attempt)).toEqual([1, 2, 3]);
  });

  it('waits 1, 4 and 15 s between its attempts', async () => {
    const { received, url } = await receive(() => 500);
    const clock = stoppedClock();
    const { retriesAfterMs, ...usual } = calm;
    const webhooks = startWebhooks({ keys, seed: 5, url: () => url, ...usual, sleep: clock.sleep });
    closing.push(webhooks.close);
    webhooks.send(firstOf('new_comment'));
    await clock.pass(0);
    const attempts = () => received.filter(({ raw }) => raw !== 'another');
    for (const [index, pause] of [1000, 4000, 15_000].entries()) {
      await eventually(() => expect(clock.asleep()).toEqual([pause]));
      await clock.pass(pause - 1);
      // An attempt that did not wait would have come before this one.
      await fetch(url, { method: 'POST', body: 'another' });
      expect(attempts()).toHaveLength(index + 1);
      await clock.pass(1);
    }
    await webhooks.idle();
    expect(webhooks.deliveries.map(({ outcome }) => outcome)).toEqual(Array(4).fill('failed'));
  });

  it('gives up in the end, after silence and after a refused connection', async () => {
    const { received, url } = await receive(() => 0);
    const limits: AbortController[] = [];
    const limit = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      limits.push(new AbortController());
      return (limits.at(-1) as AbortController).signal;
    });
    closing.push(() => limit.mockRestore());
    const { timeoutMs, ...usual } = calm;
    const silent = startWebhooks({ keys, seed: 5, url: () => url, ...usual });
    closing.push(silent.close);
    silent.send(firstOf('new_comment'));
    for (const attempt of [1, 2, 3]) {
      await eventually(() => expect(received).toHaveLength(attempt));
      expect(silent.deliveries).toHaveLength(attempt - 1);
      limits.at(-1)?.abort();
    }
    await silent.idle();
    expect(limit.mock.calls).toEqual([[2000], [2000], [2000]]);
    const refused = start('http://127.0.0.1:1/');
    refused.send(firstOf('new_comment'));
    await refused.idle();
    for (const { deliveries } of [silent, refused]) {
      expect(deliveries.map(({ attempt, outcome, status }) => [attempt, outcome, status])).toEqual([
        [1, 'failed', undefined],
        [2, 'failed', undefined],
        [3, 'failed', undefined],
      ]);
    }
  });

  it('sends a split once for each number, all with the one id', async () => {
    const { received, url } = await receive(() => 200);
    const webhooks = start(url);
    const split = events.find(({ payload }) => (payload?.porting_phone_numbers as object[] | undefined)?.length === 3);
    if (!split) throw new Error('no split of three numbers');
    webhooks.send(split);
    await webhooks.idle();
    expect(received.map(({ raw }) => JSON.parse(raw).data.id)).toEqual([split.id, split.id, split.id]);
  });

  it('can have ids of its own, the same ones each time', async () => {
    const { received, url } = await receive(() => 200);
    const webhooks = start(url, { sameIds: false });
    const event = firstOf('new_comment');
    webhooks.send(event);
    await webhooks.idle();
    webhooks.resend(event);
    await webhooks.idle();
    const ids = new Set(received.map(({ raw }) => JSON.parse(raw).data.id));
    expect(ids.size).toBe(1);
    expect(ids.has(event.id)).toBe(false);
    expect(webhooks.deliveries.map(({ id }) => id)).toEqual([event.id, event.id]);
  });

  it('loses, doubles and reorders the same webhooks for the same seed', async () => {
    const { received, url } = await receive(() => 200);
    const sample = events.filter((event) => webhookCount(event) === 1).slice(0, 300);
    const run = async (seed: number) => {
      received.length = 0;
      const clock = stoppedClock();
      const webhooks = start(url, { seed, losses: 0.1, duplicates: 0.1, latenessMs: 300, sleep: clock.sleep });
      for (const event of sample) webhooks.send(event);
      await clock.pass(300);
      await webhooks.idle();
      const lost = webhooks.deliveries.filter(({ outcome }) => outcome === 'lost').map(({ id }) => id);
      const order = received.map(({ raw }) => JSON.parse(raw)).map(({ data, id }): string => data?.id ?? id);
      const doubled = order.filter((id, index) => order.indexOf(id) !== index);
      return { lost, order, doubled: doubled.sort(), lateness: clock.asked };
    };
    const one = await run(1);
    expect(one.lost.length).toBeGreaterThan(10);
    expect(one.lost.length).toBeLessThan(60);
    expect(one.doubled.length).toBeGreaterThan(10);
    expect(one.doubled.length).toBeLessThan(60);
    expect(one.lost.filter((id) => one.order.includes(id))).toEqual([]);
    expect(new Set([...one.order, ...one.lost]).size).toBe(300);
    expect([...new Set(one.order)]).not.toEqual(sample.map(({ id }) => id).filter((id) => !one.lost.includes(id)));

    const again = await run(1);
    expect([again.lost, again.doubled, again.lateness]).toEqual([one.lost, one.doubled, one.lateness]);
    expect(Math.min(...one.lateness)).toBeLessThan(30);
    expect(Math.max(...one.lateness)).toBeGreaterThan(270);
    expect((await run(2)).lost).not.toEqual(one.lost);
  });

  it('always arrives when it is asked for again', async () => {
    const { received, url } = await receive(() => 200);
    const webhooks = start(url, { losses: 1 });
    webhooks.send(firstOf('new_comment'));
    await webhooks.idle();
    expect(received).toEqual([]);
    webhooks.resend(firstOf('new_comment'));
    webhooks.resend(firstOf('loa_updated'));
    await webhooks.idle();
    expect(webhooks.deliveries.map(({ outcome }) => outcome)).toEqual(['lost', 'delivered']);
  });

  it('loses, doubles and delays only the chosen types', async () => {
    const { received, url } = await receive(() => 200);
    const [comment, status, deletion] = [firstOf('new_comment'), firstOf('status_changed'), firstOf('deleted')];
    const clock = stoppedClock();
    const webhooks = start(url, {
      losses: { 'porting_order.new_comment': 1 },
      duplicates: { 'porting_order.deleted': 1 },
      latenessMs: { 'porting_order.status_changed': 1e8 },
      sleep: clock.sleep,
    });
    for (const event of [comment, status, deletion]) webhooks.send(event);
    await clock.pass(0);
    await eventually(() => expect(webhooks.deliveries).toHaveLength(3));
    expect(clock.asleep()).toHaveLength(1);
    const order = received.map(({ raw }) => JSON.parse(raw)).map(({ data, id }): string => data?.id ?? id);
    expect(order).toEqual([deletion.id, deletion.id]);
    expect(webhooks.deliveries[0]).toEqual({ id: comment.id, attempt: 1, outcome: 'lost' });
  });

  it('does nothing without a URL, and stops when closed', async () => {
    const nowhere = start(undefined, { losses: 1 });
    nowhere.send(firstOf('new_comment'));
    nowhere.resend(firstOf('new_comment'));
    await nowhere.idle();
    expect(nowhere.deliveries).toEqual([]);

    const { received, url } = await receive(() => 0);
    const webhooks = start(url);
    webhooks.send(firstOf('new_comment'));
    await eventually(() => expect(received).toHaveLength(1));
    const late = start(url, { latenessMs: 1e8, sleep: stoppedClock().sleep });
    late.send(firstOf('new_comment'));
    await webhooks.close();
    await late.close();
    expect([...webhooks.deliveries, ...late.deliveries]).toEqual([]);
  });
});
