import type { Local } from '../../infra/local/local.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { type ExceptionDetail, exceptions } from '../../infra/local/simulator/vocabulary.ts';
import { createKeys, webhookBody, webhookHeaders } from '../../infra/local/simulator/webhooks.ts';
import { webhook } from '../../infra/service.ts';
import { eventually } from '../eventually.ts';
import { uuid } from '../porting-events.ts';

/** What Telnyx asks in the order that the tests look at. */
export const QUESTION = 'Please send an invoice that is not older than 30 days.';
/** How many webhooks never came. */
export const MISSED = 3;

/**
 * Lives the account's four weeks: the first sync, webhooks that arrive, three that do not, and one that Telnyx signed and
 * that is no event. In the end nothing is under way.
 */
export async function live(local: Local, seed: number): Promise<void> {
  const { simulator } = local;
  if (!simulator) throw new Error('there is no simulator');
  const keys = createKeys(seed);
  const target = local.url + webhook.path;

  async function deliver(body: string): Promise<void> {
    await eventually(async () => {
      const headers = webhookHeaders(keys, body, Date.now());
      const answer = await fetch(target, { method: 'POST', headers, body });
      if (answer.status !== 200) throw new Error(`the webhook is answered with ${answer.status}`);
    });
  }
  async function sync(): Promise<void> {
    await eventually(async () => {
      const { payload = '{}' } = await local.invoke('sync-events', {});
      if (JSON.parse(payload).status !== 'complete') throw new Error(`the sync has not ended: ${payload}`);
    }, 500);
  }

  await sync();
  await deliver('{"data":{}}');
  await fetch(target, { method: 'POST', body: '{}' });

  const waiting = simulator
    .events()
    .findLast((event) => statusOf(event) === 'submitted' || statusOf(event) === 'in-process');
  if (!waiting) throw new Error('no order is with the carrier');
  const refusals = [exceptions[0], exceptions[7], exceptions[8]].flatMap((detail) => detail ?? []);
  const refusable = simulator.events().filter((event) => isLastStatus(event, simulator.events(), 'submitted'));
  for (const [index, detail] of refusals.entries()) {
    const order = refusable[index];
    if (!order) throw new Error('fewer orders are with the carrier than are to be refused');
    simulator.api.put(refused(order, index, detail));
  }

  // From now on webhooks of this type are known to arrive, so the next ones are missed.
  const arriving = comment(waiting.porting_order_id, 0, 'We have sent the order to the losing carrier.');
  simulator.api.put(arriving);
  await deliver(webhookBody(arriving, { url: target, attempt: 1 }));
  await eventually(async () => {
    const answer = await fetch(`${local.url}/v2/status`, { headers: { authorization: `Bearer ${local.tokens.read}` } });
    const { data } = (await answer.json()) as { data: { channels: unknown[] } };
    if (data.channels.length === 0) throw new Error('no webhook is known to arrive');
  }, 500);
  for (let number = 1; number <= MISSED; number += 1) {
    simulator.api.put(comment(waiting.porting_order_id, number, `${QUESTION.slice(0, -1)} (${number}).`));
  }
  // A run leaves out the last seconds.
  await eventually(async () => {
    await sync();
    const answer = await fetch(`${local.url}/v2/gaps`, { headers: { authorization: `Bearer ${local.tokens.read}` } });
    const { data } = (await answer.json()) as { data: unknown[] };
    if (data.length !== MISSED) throw new Error(`${data.length} webhooks are missed, not ${MISSED}`);
  }, 1_000);
}

function isLastStatus(event: PortingEvent, events: readonly PortingEvent[], status: string): boolean {
  const { porting_order_id: order } = event;
  const last = events.findLast((one) => one.porting_order_id === order && statusOf(one) !== undefined);
  return last === event && statusOf(event) === status;
}

/** The next event of the order: its refusal. */
function refused(before: PortingEvent, number: number, detail: ExceptionDetail): PortingEvent {
  const at = new Date().toISOString().replace('Z', '000Z');
  const status = { value: 'exception', details: [detail] };
  const payload = { ...before.payload, status, updated_at: at };
  return { ...before, id: uuid(6_000 + number), payload, created_at: at, updated_at: at };
}

function statusOf({ payload }: PortingEvent): unknown {
  return (payload?.status as { value?: unknown } | undefined)?.value;
}

function comment(order: string, number: number, body: string): PortingEvent {
  const at = new Date().toISOString().replace('Z', '000Z');
  return {
    id: uuid(7_000 + number),
    event_type: 'porting_order.new_comment',
    porting_order_id: order,
    payload_status: 'completed',
    payload: {
      porting_order_id: order,
      comment: { id: uuid(8_000 + number), body, inserted_at: at, user_id: uuid(9_000), user_type: 'admin' },
    },
    available_notification_methods: ['webhook', 'email'],
    record_type: 'porting_event',
    created_at: at,
    updated_at: at,
  };
}
