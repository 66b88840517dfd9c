import { text } from 'node:stream/consumers';
import { serve } from './loopback-server.ts';

/** A message as a channel would get it: a mail, or the JSON that a chat takes. */
export type Delivery = { readonly at: string } & (
  | { readonly channel: 'mail'; readonly subject: string; readonly text: string }
  | { readonly channel: 'slack' | 'teams'; readonly message: unknown }
);

/** Stands in for SNS and for the chats: what people would get is kept here, and goes nowhere else. */
export interface NoticeBoard {
  /** Of SNS. */
  readonly endpoint: string;
  readonly topic: string;
  /** The addresses of the chats, as the secret has them. */
  readonly webhooks: { readonly slack: string; readonly teams: string };
  /** The last 200, newest first. */
  deliveries(): readonly Delivery[];
  close(): Promise<void>;
}

const MOST_KEPT = 200;
const CHATS = ['slack', 'teams'] as const;

/**
 * Serves SNS' Publish and two incoming webhooks on a free port of this machine. Nothing is written to disk.
 *
 * @param onMail called with the subject of each mail
 */
export async function startNoticeBoard(onMail: (subject: string) => void): Promise<NoticeBoard> {
  const kept: Delivery[] = [];
  function keep(delivery: Delivery): void {
    kept.push(delivery);
    if (kept.length > MOST_KEPT) kept.shift();
  }

  const { url, close } = await serve(async (request, response) => {
    const body = await text(request);
    const at = new Date().toISOString();
    const chat = CHATS.find((name) => request.url === `/${name}`);
    if (chat) {
      keep({ at, channel: chat, message: JSON.parse(body) });
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
      return;
    }
    const form = new URLSearchParams(body);
    const mail = { subject: form.get('Subject') ?? '', text: form.get('Message') ?? '' };
    keep({ at, channel: 'mail', ...mail });
    onMail(mail.subject);
    const answer = '<PublishResponse><PublishResult><MessageId>local</MessageId></PublishResult></PublishResponse>';
    response.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
  });
  return {
    endpoint: url,
    topic: 'arn:aws:sns:us-east-1:000000000000:notices',
    webhooks: { slack: `${url}/slack`, teams: `${url}/teams` },
    deliveries: () => kept.toReversed(),
    close,
  };
}
