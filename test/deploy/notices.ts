import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { runDocumented } from './documented.ts';
import type { Ledger } from './ledger.ts';
import { PATIENCE } from './patience.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import { exceptionWebhook, signed } from './telnyx.ts';
import { subscribeToTopic } from './watch.ts';

const SUBJECT = /^Refused: /;

/** A live exception reaches people by mail, in Slack and in Teams, once each. */
export async function checkNotices(rehearsal: Rehearsal, ledger: Ledger): Promise<void> {
  const { aws, telnyx } = rehearsal;
  const { noticeTopic = '', chatSecret = '' } = ledger;
  equal('the topic and the secret are outputs', [noticeTopic, chatSecret].filter(Boolean).length, 2);
  const chats = await startChats();
  await runDocumented(rehearsal, 'read -rs SLACK_URL', { input: `${chats.url}/slack\n${chats.url}/teams\n` });
  const mailed = await subscribeToTopic(aws, noticeTopic, 'notices');

  const { orderId, body } = exceptionWebhook(telnyx);
  equal('the webhook of an exception: 200', (await ledger.post(body, signed(telnyx.keys, body))).status, 200);
  const mail = await mailed(SUBJECT);
  holds('a mail names the order and says what Telnyx says', mail.Message.includes('What Telnyx says'), mail);
  const until = Date.now() + PATIENCE;
  while (chats.posted.length < 2 && Date.now() < until) await sleep(200);
  equal('Slack and Teams have it, once each', chats.posted.map(({ path }) => path).sort(), ['/slack', '/teams']);
  holds(
    'with the order and the reason',
    chats.posted.every(({ content }) => content.includes('Refused: ') && content.includes(orderId)),
    chats.posted,
  );
  chats.close();
}

/** A server in place of the two chats, on this machine: http is allowed there. */
async function startChats() {
  const posted: { readonly path: string; readonly content: string }[] = [];
  const server = createServer(async (request, response) => {
    posted.push({ path: request.url ?? '', content: await text(request) });
    response.writeHead(200).end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, posted, close: () => server.close() };
}
