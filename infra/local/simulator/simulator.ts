import { sleep as sleepFor } from '../sleep.ts';
import { startAgenda } from './agenda.ts';
import { startErrands } from './errands.ts';
import { type EventsApi, type EventsApiOptions, startEventsApi } from './events-api.ts';
import { createKeys } from './keys.ts';
import { type OwnWebhooks, ownWebhookUrl, type Step } from './order-diary.ts';
import { planLife } from './order-life.ts';
import type { PortingEvent } from './porting-event.ts';
import { createRandom } from './random.ts';
import { withoutPayload } from './records.ts';
import { type Delivery, startWebhooks, type WebhooksOptions } from './webhooks.ts';

type ApiOptions = Pick<EventsApiOptions, 'apiKey' | 'notifications' | 'order' | 'orders' | 'requestsPerSecond'>;
type WebhookOptions = Omit<WebhooksOptions, 'keys' | 'seed' | 'url'>;

export interface SimulatorOptions extends ApiOptions, WebhookOptions {
  /** Determines ids, lives, keys and faults; 1 by default. */
  readonly seed?: number;
  /** Where webhooks go; none are sent without it, until `sendWebhooksTo` is called. */
  readonly webhookUrl?: string;
  /** Seconds of an order's life in one real second; 8000 by default, which makes two weeks last 151 s. */
  readonly speed?: number;
  /** New orders in a real minute; 4 by default, which makes an event every second or two. */
  readonly ordersPerMinute?: number;
  /** Orders that began in the four weeks before the start: most are finished, some under way; 60 by default. */
  readonly history?: number;
  /** How long a payload stays `created`, in real milliseconds; 2500 to 3800 by default. */
  readonly payloadMs?: number;
  /** Also sends what Telnyx sends against its specification. */
  readonly offSpec?: boolean;
  /** The share of orders with their own webhook URL, which replaces the account's; none by default. */
  readonly ownWebhooks?: OwnWebhooks;
  /** Whether the account has Telnyx's log of webhook deliveries; true by default. */
  readonly hasDeliveryLog?: boolean;
}

export interface Simulator {
  /** The base URL of the Events API, with `/v2`. */
  readonly url: string;
  /** The webhooks' public key: base64 of its 32 bytes. */
  readonly publicKey: string;
  readonly api: EventsApi;
  readonly deliveries: readonly Delivery[];
  /** What the Events API lists now, oldest first. */
  events(): readonly PortingEvent[];
  /** Without a URL, none are sent from now on. */
  sendWebhooksTo(url: string | undefined): void;
  /** Stops the lives. Resolves when payloads are complete and webhooks done: then the simulator is at rest. */
  pause(): Promise<void>;
  resume(): void;
  close(): Promise<void>;
}

const historySeconds = 28 * 86_400;

/**
 * Starts an account whose porting orders live fast: they begin, are refused, confirmed and ported within minutes. The
 * Events API lists their events, the orders are shown, and webhooks deliver most of the events. The same seed gives the same events in the same
 * order; their instants are real.
 */
export const startSimulator = async (options: SimulatorOptions): Promise<Simulator> => {
  const { seed = 1, speed = 8000, ordersPerMinute = 4, history = 60, payloadMs, offSpec = false } = options;
  const { ownWebhooks = { share: 0, url: '' }, hasDeliveryLog = true, sleep = sleepFor } = options;
  let { webhookUrl } = options;
  const keys = createKeys(seed);
  const webhooks = startWebhooks({
    ...options,
    keys,
    seed,
    url: ({ porting_order_id }) => ownWebhookUrl(porting_order_id, ownWebhooks) ?? webhookUrl,
  });
  const api = await startEventsApi({
    ...options,
    seed,
    orders: { speed, ...options.orders },
    onRepublish: webhooks.resend,
    ...(hasDeliveryLog && { webhookDeliveries: () => webhooks.log }),
  });
  const payloads = startErrands();
  const agenda = startAgenda();
  const random = createRandom(`${seed}/microseconds`);
  const startedAt = Date.now() * 1000;
  let lastCreatedAt = startedAt;

  const happen = ({ draft, payloadTakes }: Step): void => {
    // Two events never share an instant, so the list keeps the order of the lives.
    const createdAt = Math.max(Date.now() * 1000 + random.integer(0, 999), lastCreatedAt + 1);
    lastCreatedAt = createdAt;
    const takes = payloadMs ?? Math.round(payloadTakes * 1000);
    const event = draft(createdAt, createdAt + takes * 1000);
    api.put(withoutPayload(event));
    payloads.run(async (signal) => {
      await sleep(takes, signal);
      api.put(event);
      webhooks.send(event);
    });
  };

  const remember = ({ after, payloadTakes, draft }: Step, age: number): void => {
    const createdAt = startedAt - Math.round((age - after) * 1_000_000);
    api.put(draft(createdAt, createdAt + Math.round(payloadTakes * 1_000_000)));
  };

  for (let number = 0; number < history; number += 1) {
    const age = historySeconds * (1 - number / history);
    for (const step of planLife(seed, number, offSpec, ownWebhooks)) {
      if (step.after < age) remember(step, age);
      else agenda.at(((step.after - age) / speed) * 1000, () => happen(step));
    }
  }

  const begin = (number: number, due: number): void => {
    for (const step of planLife(seed, number, offSpec, ownWebhooks)) {
      agenda.at(due + (step.after / speed) * 1000, () => happen(step));
    }
    const next = due + 60_000 / ordersPerMinute;
    agenda.at(next, () => begin(number + 1, next));
  };
  if (ordersPerMinute > 0) begin(history, 0);

  return {
    api,
    url: api.url,
    publicKey: keys.publicKeyBase64,
    deliveries: webhooks.deliveries,
    events: api.events,
    sendWebhooksTo: (url) => {
      webhookUrl = url;
    },
    pause: async () => {
      agenda.pause();
      await payloads.idle();
      await webhooks.idle();
    },
    resume: agenda.resume,
    close: async () => {
      agenda.pause();
      await payloads.close();
      await webhooks.close();
      await api.close();
    },
  };
};
