import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { paginateListSubscriptionsByTopic, type Subscription } from '@aws-sdk/client-sns';
import type { Rejection, Status } from '../answers.ts';
import type { Api } from '../api.ts';
import { readList } from '../pages.ts';
import { counted, distance, duration, shown } from '../text.ts';
import { type AwsClients, askAws } from './aws.ts';
import type { Deployment } from './deployment.ts';
import type { Told } from './report.ts';

/** A burst of webhooks takes as many calls at once; a new account may run 10. */
const CONCURRENCY_ADVISED = 100;

/** The ledger's clock, as the last sync compared it with Telnyx's. */
export function checkClock({ upstream }: Status): Told {
  const ahead = upstream.clock_ahead_seconds;
  if (ahead === null) return { outcome: 'fine', words: "agrees with Telnyx's" };
  const words = `${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} Telnyx's: set the clock`;
  return { outcome: 'failed', words };
}

/** The public key, as the requests show it that were refused since the last webhook. */
export async function checkPublicKey(api: Api, status: Status): Promise<Told> {
  const refused = status.rejections.refused_since_webhook;
  if (refused === 0) return { outcome: 'fine', words: 'no signed request was refused since the last webhook' };
  const { data: rejections } = await readList<Rejection>(api, '/v2/rejections', {}, 50);
  const last = rejections.find(({ kind, reason }) => kind === 'refused' && /signature wrong|timestamp/.test(reason));
  const advice = /timestamp/.test(last?.reason ?? '')
    ? 'compare the clocks'
    : "compare it with the portal's, and deploy again with -c telnyxPublicKey=...";
  const when = last ? `, the last ${distance(last.last_at)}: ${shown(last.reason)}` : '';
  const requests = counted(refused, 'signed request');
  return { outcome: 'failed', words: `${requests} refused since the last webhook${when}; ${advice}` };
}

/** How many calls AWS runs at once for this account. */
export async function checkConcurrency({ lambda }: AwsClients): Promise<Told> {
  const { AccountLimit } = await askAws("Lambda's limits", () => lambda.send(new GetAccountSettingsCommand({})));
  const most = AccountLimit?.ConcurrentExecutions ?? 0;
  if (most >= CONCURRENCY_ADVISED) return { outcome: 'fine', words: `${most} Lambda calls at once` };
  const words = `only ${most} Lambda calls at once: a burst of webhooks must wait. docs/deploy.md says how to get more`;
  return { outcome: 'to do', words };
}

/** Whether everyone who is to get mail has confirmed their address. */
export async function checkMail({ sns }: AwsClients, { alarmTopic, noticeTopic }: Deployment): Promise<Told> {
  const addresses: { address: string; isConfirmed: boolean }[] = [];
  let isAlarmHeard = false;
  for (const TopicArn of noticeTopic ? [alarmTopic, noticeTopic] : [alarmTopic]) {
    const subscribed = await askAws('the subscriptions of its topics', () => subscriptionsOf(sns, TopicArn));
    if (TopicArn === alarmTopic) isAlarmHeard = subscribed.length > 0;
    for (const { Protocol = '', Endpoint = '', SubscriptionArn = '' } of subscribed) {
      // Until then it is not an ARN but says so.
      if (Protocol.startsWith('email'))
        addresses.push({ address: Endpoint, isConfirmed: SubscriptionArn.startsWith('arn:') });
    }
  }
  const waiting = [...new Set(addresses.filter(({ isConfirmed }) => !isConfirmed).map(({ address }) => address))];
  if (waiting.length > 0) {
    const words = `${waiting.join(', ')} must open the link in AWS's mail "Subscription Confirmation"`;
    return { outcome: 'to do', words };
  }
  if (!isAlarmHeard) {
    return { outcome: 'to do', words: 'no one is told what cannot wait: deploy again with -c alarmEmail=...' };
  }
  return { outcome: 'fine', words: `confirmed: ${counted(addresses.length, 'address', 'addresses')}` };
}

async function subscriptionsOf(client: AwsClients['sns'], TopicArn: string): Promise<readonly Subscription[]> {
  const subscribed: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    subscribed.push(...(page.Subscriptions ?? []));
  }
  return subscribed;
}
