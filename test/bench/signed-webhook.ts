import { randomUUID } from 'node:crypto';
import type { Keys } from '../../infra/local/simulator/keys.ts';

export interface SignedWebhook {
  readonly id: string;
  readonly body: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** A status webhook of a new order and a new event, signed now. */
export function signedWebhook(keys: Keys): SignedWebhook {
  const id = randomUUID();
  const order = randomUUID();
  const now = new Date().toISOString();
  const status = { details: [], value: 'submitted' };
  const payload = {
    customer_reference: 'ref-1',
    id: order,
    status,
    support_key: 'sr_1',
    updated_at: now,
    webhook_url: null,
  };
  const data = { event_type: 'porting_order.status_changed', id, occurred_at: now, payload, record_type: 'event' };
  const body = JSON.stringify({ data, meta: { attempt: 1, delivered_to: 'https://example.com/webhooks' } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  return { id, body, timestamp, signature: keys.sign(timestamp, body) };
}
