import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import { isObject } from '../../functions/porting/event.ts';
import type { Outcome } from './execution-environment.ts';
import type { Door } from './gateway-event.ts';

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** Sends a function's outcome as AWS would: its answer, or an error that reveals nothing. */
export function sendOutcome(response: ServerResponse, outcome: Outcome, door: Door): void {
  const answer = outcome.error ? undefined : readAnswer(JSON.parse(outcome.payload), door);
  if (answer && canBeSent(answer)) send(response, answer);
  // A function that fails or returns nonsense: 502 at a function URL, 500 at an HTTP API.
  else sendMessage(response, door.kind === 'api' ? 500 : 502, 'Internal Server Error');
}

/** Sends one of AWS's own answers, which have the form `{"message": "..."}`. */
export function sendMessage(response: ServerResponse, statusCode: number, message: string): void {
  sendJson(response, statusCode, { message });
}

/** Sends an answer of this host itself. */
export function sendJson(response: ServerResponse, statusCode: number, content: object): void {
  const body = Buffer.from(JSON.stringify(content));
  send(response, { statusCode, headers: { 'content-type': 'application/json' }, body });
}

function send(response: ServerResponse, { statusCode, headers, body }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const bodiless = statusCode === 204 || statusCode === 304;
  if (!bodiless) response.setHeader('content-length', body.length);
  response.writeHead(statusCode).end(bodiless ? undefined : body);
}

function canBeSent({ headers }: Answer): boolean {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      for (const one of [value].flat()) validateHeaderValue(name, one);
    }
    return true;
  } catch {
    return false;
  }
}

/** Reads a function's answer in payload format 2.0, or returns nothing when it is malformed. */
function readAnswer(result: unknown, door: Door): Answer | undefined {
  const usualType = door.kind === 'api' ? 'text/plain;charset=UTF-8' : 'application/json';
  if (!isObject(result) || !('statusCode' in result)) {
    // Format 2.0: an answer without a status code is the body itself.
    const body = Buffer.from(typeof result === 'string' ? result : JSON.stringify(result));
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { statusCode, headers = {}, body = '', isBase64Encoded = false, cookies = [] } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (typeof body !== 'string' || !isObject(headers) || !Array.isArray(cookies)) return undefined;
  const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const own = Object.fromEntries(lowered.filter(([name]) => name !== 'content-length' && name !== 'transfer-encoding'));
  return {
    statusCode: status,
    headers: {
      ...(body && { 'content-type': usualType }),
      ...own,
      ...(cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
    },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
