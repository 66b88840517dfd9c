import { isName, isObject, mayBePortIn, portingOrderIdOf } from '../porting/event.ts';
import { type Timestamp, timestamp } from '../porting/timestamp.ts';

/** An error of Telnyx's log, with its meaning; null when docs/telnyx.md §4 does not have the code. */
export interface DeliveryError {
  readonly code: number;
  readonly meaning: string | null;
}

/** One attempt at a webhook. */
export interface FailedAttempt {
  /** The HTTP status that the URL answered; null when it did not answer. */
  readonly status: number | null;
  readonly error_codes: readonly DeliveryError[];
  readonly started_at: Timestamp | null;
  readonly finished_at: Timestamp | null;
}

/**
 * A webhook that Telnyx could not deliver: ids, type, times and outcomes. It contains nothing of the payload, the
 * requests or the answers: these have people's data, signatures and arbitrary text of the receiver.
 */
export interface FailedDelivery {
  readonly id: string | null;
  /** `data.id` of the webhook. */
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly portingOrderId: string | null;
  readonly startedAt: Timestamp | null;
  readonly finishedAt: Timestamp | null;
  /** Latest first, as in Telnyx's log; at most 20. */
  readonly attempts: readonly FailedAttempt[];
}

/** docs/telnyx.md §4. */
const MEANINGS: Readonly<Record<number, string>> = {
  75000: 'could not be delivered',
  75001: 'the host name of the URL cannot be resolved',
  75002: 'no connection to the host',
  75003: 'the certificate of the host is not accepted',
  75004: 'the certificate of the host is not accepted',
  75005: 'the certificate of the host is not accepted',
  75006: 'the certificate of the host is not accepted',
  75299: 'answered with another 2xx than 200',
  75300: 'answered with a redirection (3xx)',
  75400: 'answered with 400',
  75404: 'answered with 404',
  75499: 'answered with another 4xx',
  75500: 'answered with 500',
  75599: 'answered with another 5xx',
};

const MOST_ATTEMPTS = 20;
const MOST_ERRORS = 5;

/**
 * Reads a record of the log. No field of it is certain (docs/telnyx.md §4): a missing or malformed one is null.
 *
 * @returns `undefined` for a record that was not asked for: not an object, a successful delivery, another product's
 *   event
 */
export function failedDeliveryOf(record: unknown): FailedDelivery | undefined {
  if (!isObject(record) || record.status === 'delivered') return undefined;
  const webhook = envelopeIn(record.webhook);
  const { event_type: eventType } = webhook;
  if (typeof eventType === 'string' && !mayBePortIn(eventType)) return undefined;
  const attempts = Array.isArray(record.attempts) ? record.attempts.filter(isObject) : [];
  return {
    id: nameOrNull(record.id),
    eventId: nameOrNull(webhook.id),
    eventType: nameOrNull(eventType),
    portingOrderId: portingOrderIdOf(webhook) ?? null,
    startedAt: timestamp(record.started_at) ?? null,
    finishedAt: timestamp(record.finished_at) ?? null,
    attempts: attempts.slice(0, MOST_ATTEMPTS).map(attemptOf),
  };
}

/** The specification shows the event itself; what was sent was an envelope around it (docs/telnyx.md §4). */
function envelopeIn(webhook: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(webhook)) return {};
  return isObject(webhook.data) ? webhook.data : webhook;
}

function attemptOf(attempt: Readonly<Record<string, unknown>>): FailedAttempt {
  const http = isObject(attempt.http) ? attempt.http : {};
  const response = isObject(http.response) ? http.response : {};
  const errors = Array.isArray(attempt.errors) ? attempt.errors : [];
  return {
    status: isStatus(response.status) ? response.status : null,
    error_codes: errors.slice(0, MOST_ERRORS).flatMap(errorOf),
    started_at: timestamp(attempt.started_at) ?? null,
    finished_at: timestamp(attempt.finished_at) ?? null,
  };
}

/** Numbers in the specification; its sample also has objects with a code as text. */
function errorOf(error: unknown): readonly DeliveryError[] {
  const given = isObject(error) ? error.code : error;
  const text = typeof given === 'number' || typeof given === 'string' ? String(given) : '';
  if (!/^\d{1,9}$/.test(text)) return [];
  const code = Number(text);
  return [{ code, meaning: MEANINGS[code] ?? null }];
}

function nameOrNull(value: unknown): string | null {
  return isName(value) ? value : null;
}

function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 599;
}
