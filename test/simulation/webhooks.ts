import { createKeys } from '../../infra/local/simulator/keys.ts';
import type { Random } from '../../infra/local/simulator/random.ts';
import { webhookBody, webhookHeaders } from '../../infra/local/simulator/webhook-body.ts';
import { type Happening, OUR_URL } from './lives.ts';
import type { Part, Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Shared by all seeds' accounts: the key pair is configuration of the function, which is loaded once. */
export const ACCOUNT_KEYS = createKeys(4);

/** The answer to a webhook; `undefined` when there was none. */
export type WebhookAnswer = { readonly status: number; readonly text: string } | undefined;

interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly isOut: (part: Part) => boolean;
  readonly trace: (process: undefined, text: string) => void;
  /** Delivers a webhook to the function. */
  readonly receive: (body: string, headers: Readonly<Record<string, string>>) => Promise<WebhookAnswer>;
  /** Receives each answer before Telnyx does, so that its promise can be checked at that instant. */
  readonly onAnswer: (id: string, answer: WebhookAnswer) => Promise<void>;
}

/** How Telnyx's webhooks fared. */
export interface SentWebhooks {
  /** All signatures that were sent. */
  readonly signatures: readonly string[];
}

const ANSWERED_WITHIN = 2_000;

/**
 * Sends the webhooks of what happens as Telnyx does: signed, concurrent, retried until the answer is 200; some late,
 * some twice, some never.
 */
export function sendWebhooks(world: World, happenings: readonly Happening[]): SentWebhooks {
  const { plan, timeline, random, isOut, trace, receive, onAnswer } = world;
  const { losses, duplicates, late, retries, resent } = plan.webhooks;
  const signatures: string[] = [];

  async function attempt({ webhook }: Happening, number: number): Promise<void> {
    if (!webhook) return;
    const again = () => {
      const pause = retries[number - 1];
      if (pause === undefined) trace(undefined, `Telnyx gives the webhook ${webhook.id} up`);
      else timeline.after(pause, () => void attempt({ webhook } as Happening, number + 1));
    };
    timeline.touch();
    if (isOut('webhooks')) return again();
    const body = webhookBody(webhook.event, { url: OUR_URL, attempt: number, id: webhook.id });
    const headers = webhookHeaders(ACCOUNT_KEYS, body, timeline.now());
    signatures.push(headers['telnyx-signature-ed25519'] ?? '');
    let isOver = false;
    const tooLate = timeline.after(ANSWERED_WITHIN, () => {
      isOver = true;
      again();
    });
    const answer = await receive(body, headers);
    await onAnswer(webhook.id, answer);
    timeline.touch();
    if (isOver) return;
    // The answer itself may be lost.
    const heard = timeline.now() < plan.calm && random.chance(plan.webhooks.duplicates / 4) ? undefined : answer;
    if (heard === undefined && answer !== undefined) return trace(undefined, `the answer for ${webhook.id} is lost`);
    tooLate.cancelled = true;
    if (answer?.status !== 200) again();
  }

  for (const happening of happenings) {
    const { webhook } = happening;
    if (!webhook) continue;
    const draws = Array.from({ length: webhook.copies }, () => ({
      lost: random.chance(losses),
      copies: random.chance(duplicates) ? 2 : 1,
      lateness: random.chance(late)
        ? random.between(MINUTE, random.pick([20, 60, 27 * 60]) * MINUTE)
        : random.between(0, 3_000),
    }));
    for (const { lost, copies, lateness } of draws) {
      for (let copy = 0; copy < copies && !lost; copy += 1) {
        timeline.at(webhook.at + lateness + copy * random.between(0, 5_000), () => void attempt(happening, 1));
      }
    }
    // The customer asks Telnyx to send it again.
    if (random.chance(resent))
      timeline.at(webhook.at + random.between(0.2, 3) * HOUR, () => void attempt(happening, 1));
  }
  return { signatures };
}
