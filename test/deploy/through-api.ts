import { webhook } from '../../infra/service.ts';
import { throughApi } from './later-settings.ts';
import type { Ledger } from './ledger.ts';
import { isEvent, type Subscriptions } from './published.ts';
import { deploy, type Rehearsal, show } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import type { Tokens } from './secrets.ts';
import { anotherWebhook, signed } from './telnyx.ts';

/** Deploys over the running ledger, with a route of the API in place of the function URL. */
export async function deployThroughApi(
  rehearsal: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  { everything }: Subscriptions,
): Promise<Ledger> {
  const { telnyx } = rehearsal;
  const after = await deploy(rehearsal, throughApi(rehearsal));
  const addresses = [after.apiUrl, after.webhookUrl];
  equal("the webhook URL is a path of the API's", addresses, [ledger.apiUrl, ledger.apiUrl + webhook.path]);

  const { id, body } = anotherWebhook(telnyx);
  const headers = signed(telnyx.keys, body);
  const gone = await ledger.post(body, headers);
  holds('the function URL is gone', gone.status === 403 || gone.status === 404, gone);
  const forged = await after.post(`${body} `, headers);
  equal('a webhook signed for another body: 401', forged.status, 401);
  const others = [];
  for (const method of ['GET', 'HEAD', 'PUT']) others.push((await after.call(method, webhook.path, undefined)).status);
  equal('GET, HEAD and PUT: 404', others, [404, 404, 404]);
  equal('none of them is in the ledger', (await show(after, tokens.read, id)).status, 404);

  const first = await after.post(body, headers);
  equal('a webhook, passed on as text: 200', [first.status, first.body], [200, { result: 'stored' }]);
  const again = await after.post(body, { ...headers, 'content-type': 'application/octet-stream' });
  equal('the same bytes, passed on in base64: 200', [again.status, again.body], [200, { result: 'duplicate' }]);
  const { event } = await show(after, tokens.read, id);
  const { first_seen_by, webhook_deliveries } = event?.ledger ?? {};
  equal('the event is in the ledger, with two deliveries', [first_seen_by, webhook_deliveries], ['webhook', 2]);
  holds('and on the queue', (await everything.first(isEvent(id))) !== undefined, id);
  return after;
}
