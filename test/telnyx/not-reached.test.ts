import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { deliveriesApi } from '../../functions/telnyx/deliveries-api.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { isNotReached } from '../../functions/telnyx/not-reached.ts';
import { UpstreamError } from '../../functions/telnyx/upstream-error.ts';
import { closedPort } from '../closed-port.ts';
import { uuid } from '../porting-events.ts';
import { selfSigned } from './self-signed.ts';

const WINDOW = { from: Date.parse('2026-01-01'), to: Date.parse('2027-01-01') };

/** Starts a server on 127.0.0.1 until the test ends. Returns its port. */
async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Calls republish, list and the log of deliveries. */
async function faultsAt(baseUrl: string): Promise<readonly UpstreamError[]> {
  const options = { apiKey: 'KEYtest', baseUrl, timeout: 60_000 };
  const asked = [
    eventsApi(options).republish(uuid(1)),
    eventsApi(options).list(WINDOW, 1),
    deliveriesApi(options).failed({}, { number: 1, size: 20 }),
  ];
  const ends = await Promise.allSettled(asked);
  return ends.map((end) => (end.status === 'rejected' ? end.reason : undefined));
}

describe('certainly nothing was sent:', () => {
  const { key, cert } = selfSigned();
  const tooOld = { key, cert, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const;

  test.each<[string, () => Promise<string>, RegExp]>([
    ['a closed port', async () => `http://127.0.0.1:${await closedPort()}/v2`, /ECONNREFUSED/],
    [
      'a closed port, at both of its addresses',
      async () => `http://localhost:${await closedPort()}/v2`,
      /ECONNREFUSED/,
    ],
    ['a host name without an address', async () => 'https://telnyx.invalid/v2', /telnyx\.invalid/],
    ['a port to which fetch never connects', async () => 'http://127.0.0.1:1/v2', /bad port/],
    [
      'a self-signed certificate',
      async () => `https://localhost:${await portOf(createHttpsServer({ key, cert }))}/v2`,
      /self-signed certificate/,
    ],
    [
      'plain HTTP where TLS is expected',
      async () => `https://127.0.0.1:${await portOf(createHttpServer())}/v2`,
      /^Telnyx cannot be reached: wrong version number$/,
    ],
    [
      'a TLS version that is too old',
      async () => `https://127.0.0.1:${await portOf(createTlsServer(tooOld))}/v2`,
      /^Telnyx cannot be reached: tlsv1 alert protocol version$/,
    ],
    [
      'a TLS server without a certificate',
      async () => `https://127.0.0.1:${await portOf(createTlsServer())}/v2`,
      /^Telnyx cannot be reached: ssl\/tls alert handshake failure$/,
    ],
    [
      'a server that accepts and closes before TLS',
      async () => `https://127.0.0.1:${await portOf(createServer((socket) => socket.end()))}/v2`,
      /before secure TLS connection was established/,
    ],
  ])('%s', async (_, baseUrl, says) => {
    for (const error of await faultsAt(await baseUrl())) {
      expect(error).toBeInstanceOf(UpstreamError);
      expect(error).toMatchObject({ fault: 'not reached', message: expect.stringMatching(says) });
    }
  });

  // A real case would need an address that drops packets, and ten seconds. The text of the error is undici's.
  test('no connection within ten seconds', () => {
    const cause = Object.assign(new Error('Connect Timeout Error (attempted address: api.telnyx.com:443)'), {
      name: 'ConnectTimeoutError',
      code: 'UND_ERR_CONNECT_TIMEOUT',
    });
    expect(isNotReached(new TypeError('fetch failed', { cause }))).toBe(true);
  });

  test('a connection that the system gives up; the error has its reason, not only a time-out', async () => {
    // A real case would need an address that drops packets, and minutes.
    const cause = Object.assign(new Error('connect ETIMEDOUT 192.0.2.1:443'), {
      code: 'ETIMEDOUT',
      syscall: 'connect',
    });
    const stub = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed', { cause }));
    onTestFinished(() => stub.mockRestore());
    for (const error of await faultsAt('https://192.0.2.1/v2')) {
      expect(error).toMatchObject({ fault: 'not reached', message: expect.stringContaining('ETIMEDOUT') });
    }
  });
});

describe('it may have been sent:', () => {
  test.each<[string, () => Server]>([
    ['a server that closes', () => createServer((socket) => socket.end())],
    [
      'a connection that is reset after the request has arrived',
      () => createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
    ],
    [
      'an answer that is not HTTP',
      () => createServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9\r\n'))),
    ],
  ])('%s', async (_, server) => {
    for (const error of await faultsAt(`http://127.0.0.1:${await portOf(server())}/v2`)) {
      expect(error).toMatchObject({ fault: 'no answer' });
    }
  });

  test('one of two addresses was reached', () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' });
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' });
    const failed = (...errors: Error[]) => new TypeError('fetch failed', { cause: new AggregateError(errors) });
    expect(isNotReached(failed(refused, refused))).toBe(true);
    expect(isNotReached(failed(refused, reset))).toBe(false);
    expect(isNotReached(failed())).toBe(false);
    expect(isNotReached(undefined)).toBe(false);
  });

  test('the server asks for a certificate: by then it may have the request', () => {
    const cause = Object.assign(new Error('alert'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
    expect(isNotReached(new TypeError('fetch failed', { cause }))).toBe(false);
  });
});
