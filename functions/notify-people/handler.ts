import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { environment } from '../lambda/environment.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readNotices } from '../porting/notice-names.ts';
import { readConsole, readIfAny, readSyncIntervalSeconds, readText, readTimezone } from '../porting/settings.ts';
import { openChannels, readChatWebhooks } from './channels.ts';
import type { Notifier } from './deliver.ts';
import { notifyOf, sendWaiting } from './notify.ts';
import type { FromBus } from './recorded.ts';
import { sendDigest } from './send-digest.ts';
import type { Sent } from './send-notices.ts';

const webhooks = environment('CHAT_WEBHOOKS_SECRET', readIfAny);
const wanted = environment('NOTICES', readNotices);
const apiUrl = environment('API_URL', readText);
const pageOf = (orderId: string) => `${apiUrl}/#/orders/${encodeURIComponent(orderId)}`;

const notifier: Notifier = {
  store: {
    client: new DynamoDBClient(patience(5_000)),
    events: environment('EVENTS_TABLE'),
    orders: environment('ORDERS_TABLE'),
    control: environment('CONTROL_TABLE'),
  },
  channels: openChannels(
    environment('NOTICE_TOPIC', readIfAny),
    webhooks === undefined ? undefined : cachedSecret(new SecretsManagerClient({}), webhooks, readChatWebhooks),
  ),
  zone: environment('TIMEZONE', readTimezone),
  pageOf: environment('CONSOLE', readConsole) === 'on' ? pageOf : undefined,
  interval: environment('SYNC_INTERVAL_SECONDS', readSyncIntervalSeconds) * 1000,
};

/** The input from the schedules: send what waits, or this morning's digest. */
type Scheduled = { readonly notices: true } | { readonly digest: true };

/** Turns events on the bus into messages to people, and sends one digest on working mornings. */
export async function handler(event: FromBus | Scheduled): Promise<Sent | { readonly digest: boolean }> {
  if ('digest' in event) return { digest: await sendDigest(notifier, Date.now()) };
  if ('notices' in event) return sendWaiting(notifier, Date.now());
  return notifyOf(notifier, event, wanted, Date.now());
}

export const warmUp = () => warmUpStore(notifier.store);
