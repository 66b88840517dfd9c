import { type Mailer, topicMailer } from '../bus/topic.ts';
import type { CachedSecret } from '../lambda/secret.ts';
import type { NoticeChannelName } from '../ledger/notices/channels.ts';
import { membersOf } from '../porting/event.ts';
import { readJson } from '../porting/json.ts';
import { type Message, textOfMessage } from '../porting/message.ts';
import { readWebhookAddress } from '../porting/settings.ts';
import { postJson } from './post.ts';
import { slackMessage } from './slack.ts';
import { teamsMessage } from './teams.ts';

/** A way to people. */
export interface NoticeChannel {
  readonly name: NoticeChannelName;
  /** Sends a message, or throws an error whose text has no address. */
  readonly send: (message: Message) => Promise<void>;
}

/** Addresses of incoming webhooks, each of them a secret. */
export type ChatWebhooks = Readonly<Partial<Record<keyof typeof CHATS, string>>>;

const CHATS = { slack: slackMessage, teams: teamsMessage } as const;

/**
 * The channels of a ledger.
 *
 * @param topic the ARN of the topic that mails notices, if there is one
 * @param webhooks the addresses of chats, if there are any
 */
export function openChannels(
  topic: string | undefined,
  webhooks: CachedSecret<ChatWebhooks> | undefined,
): readonly NoticeChannel[] {
  return [
    ...(topic === undefined ? [] : [mailChannel(topicMailer(topic))]),
    ...(webhooks === undefined ? [] : (['slack', 'teams'] as const).map((name) => chatChannel(name, webhooks))),
  ];
}

function mailChannel(mail: Mailer): NoticeChannel {
  return {
    name: 'mail',
    send: (message) => mail({ subject: mailSubject(message.subject), text: textOfMessage(message) }),
  };
}

/** A chat without an address gets nothing. */
function chatChannel(name: keyof typeof CHATS, webhooks: CachedSecret<ChatWebhooks>): NoticeChannel {
  return {
    name,
    async send(message) {
      const { [name]: address } = await webhooks();
      if (address === undefined) return;
      const status = await postJson(address, CHATS[name](message));
      if (status >= 200 && status < 300) return;
      // The address may have been replaced.
      webhooks.wasRefused();
      throw new Error(`HTTP ${status}`);
    },
  };
}

/**
 * SNS takes fewer than 100 characters, all of them ASCII, beginning with a visible one. Accents go; other letters
 * become question marks. The text begins with the whole subject.
 */
function mailSubject(subject: string): string {
  const plain = subject
    .normalize('NFKD')
    .replaceAll(/\p{M}|[\u2066-\u2069]/gu, '')
    .replaceAll(/[^\x20-\x7e]+/g, '?')
    .trim();
  return plain.length < 100 ? plain : `${plain.slice(0, 96)}...`;
}

/**
 * Reads the secret `chatWebhooks`: `{"slack": "https://...", "teams": "https://..."}`. Either may be absent. The message
 * never contains an address.
 *
 * @throws {Error} whose message continues after "it"
 */
export function readChatWebhooks(text: string): ChatWebhooks {
  const form =
    'is not the addresses of chats: set it to {"slack": "https://...", "teams": "https://..."}, or one of both';
  let given: Readonly<Record<string, unknown>>;
  try {
    given = membersOf(readJson(text));
  } catch {
    throw new Error(form);
  }
  const names = Object.keys(given);
  if (names.length === 0 || names.some((name) => !(name in CHATS))) throw new Error(form);
  return Object.fromEntries(
    names.map((name) => {
      const address = given[name];
      if (typeof address !== 'string') throw new Error(form);
      try {
        return [name, readWebhookAddress(address.trim())];
      } catch (error) {
        throw new Error(`has for ${name} what ${(error as Error).message}`);
      }
    }),
  );
}
