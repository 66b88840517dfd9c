import { type FunctionName, type QueueName, webhook } from '../service.ts';
import type { Settings } from './settings.ts';

/** A metric that an alarm reads: the service's own, or one that AWS writes about a part of it. */
export type Reading = { readonly statistic: 'Sum' | 'Maximum' | 'SampleCount' } & (
  | { readonly metric: 'Findings' }
  | { readonly function: FunctionName; readonly metric: 'Url5xxCount' | 'Throttles' }
  | { readonly queue: QueueName; readonly metric: 'ApproximateNumberOfMessagesVisible' }
  | { readonly api: 'api'; readonly metric: '5xx' }
);

/** An alarm. Its heading in docs/operations.md is `Alarm: <name>`. */
export interface Alarm {
  readonly name: string;
  /** When it rises, and what that means. The mail shows this text. */
  readonly why: string;
  /** All of them are added up. */
  readonly reads: Readonly<Record<string, Reading>>;
  /** Length of one period, and how many in a row must breach the threshold; one if omitted. */
  readonly minutes: number;
  readonly periods?: number;
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** What a period without any value means. */
  readonly silence: 'bad' | 'good';
}

/** The 5xx answers of the HTTP API, of all routes: by route they cost 2 dollars a month for each route. */
const ofTheApi = { api: 'api', metric: '5xx', statistic: 'Sum' } as const satisfies Reading;

/** What AWS writes about 5xx answers to webhooks, by the way that they come in. */
const ofWebhooks: Readonly<Record<Settings['webhookThrough'], Reading>> = {
  url: { function: webhook.function, metric: 'Url5xxCount', statistic: 'Sum' },
  api: ofTheApi,
};

/**
 * Every alarm: the dead man's switch behind watch-ledger, and what its findings cannot say, because AWS answers for a
 * function that never hears of it, or because someone who asks the API or sends a webhook sees it first.
 */
export const alarmsFor = (webhookThrough: Settings['webhookThrough']): readonly Alarm[] => [
  {
    name: 'silence',
    why: 'watch-ledger has judged nothing for 15 minutes: no one knows whether the ledger is well.',
    reads: { looks: { metric: 'Findings', statistic: 'SampleCount' } },
    minutes: 5,
    periods: 3,
    threshold: { below: 1 },
    silence: 'bad',
  },
  {
    name: 'webhook-errors',
    why: 'Telnyx got more than two 5xx or 429 answers in 15 minutes. It repeats a webhook after a single one.',
    reads: {
      errors: ofWebhooks[webhookThrough],
      throttled: { function: webhook.function, metric: 'Throttles', statistic: 'Sum' },
    },
    minutes: 15,
    threshold: { above: 2 },
    silence: 'good',
  },
  {
    name: 'api-errors',
    why: "Clients of the API got more than five 5xx answers in 15 minutes: Telnyx's log, DynamoDB or a function fails.",
    reads: { errors: ofTheApi },
    minutes: 15,
    threshold: { above: 5 },
    silence: 'good',
  },
  {
    name: 'dead-letters',
    why: 'Scheduled work or a batch of the stream failed for good, and lies in its queue.',
    reads: {
      scheduledRuns: { queue: 'deadLetters', metric: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
      streamBatches: { queue: 'failedBatches', metric: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
    },
    minutes: 5,
    threshold: { above: 0 },
    silence: 'good',
  },
];

/** The alarms where webhooks come in by a function URL. */
export const alarms = alarmsFor('url');
