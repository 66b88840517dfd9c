import { idIn, numberIn, type Row, textIn } from '../table/values.ts';

export type JobStatus = 'pending' | 'running' | 'complete' | 'cancelled';

/** How the republish of one event ended. `unknown`: Telnyx may or may not have accepted it. */
export const JOB_OUTCOMES = ['sent', 'not_found', 'failed', 'unknown'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];
export type OutcomeCounts = Readonly<Record<JobOutcome, number>>;

/** A republish job as the API shows it. Instants as `2024-06-11T18:52:47.972000Z`. */
export interface Job {
  /** Begins with the instant of the request, so that text order is time order. */
  readonly id: string;
  readonly status: JobStatus;
  readonly created_at: string;
  /** The token's kind and its name, or else 8 digits of its digest. */
  readonly created_by: string;
  /** The request: its filter, or its number of ids. */
  readonly selection: Readonly<Record<string, unknown>>;
  readonly total: number;
  readonly done: number;
  readonly outcomes: OutcomeCounts;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Why it makes no progress at present; it continues automatically once the cause is gone. */
  readonly error: string | null;
}

/** A job, with the rest of its row. */
export interface HeldJob {
  readonly job: Job;
  /** The request that froze the selection; only its chunks are valid. */
  readonly frozenBy: string;
  /** Since when `error` keeps it from making progress. */
  readonly errorSince: string | undefined;
  /** Seconds since 1970. Its items stay a day longer, so that a running job always knows which it has requested. */
  readonly expiresAt: number;
}

const DAY = 24 * 3600;

/** The number of items that have ended. */
export function doneOf(outcomes: OutcomeCounts): number {
  return JOB_OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);
}

/** When the items of a job expire, in seconds since 1970. */
export function itemsExpireAt(jobExpiresAt: number): number {
  return jobExpiresAt + DAY;
}

/** The job in a row. */
export function jobIn(row: Row): HeldJob {
  const outcomes = Object.fromEntries(
    JOB_OUTCOMES.map((outcome) => [outcome, numberIn(row, outcome) ?? 0]),
  ) as unknown as OutcomeCounts;
  return {
    frozenBy: textIn(row, 'frozen_by') ?? '',
    errorSince: textIn(row, 'error_since'),
    expiresAt: numberIn(row, 'expires_at') ?? 0,
    job: {
      id: idIn(row),
      status: textIn(row, 'status') as JobStatus,
      created_at: textIn(row, 'created_at') ?? '',
      created_by: textIn(row, 'created_by') ?? '',
      selection: JSON.parse(textIn(row, 'selection') ?? '{}'),
      total: numberIn(row, 'total') ?? 0,
      done: doneOf(outcomes),
      outcomes,
      started_at: textIn(row, 'started_at') ?? null,
      ended_at: textIn(row, 'ended_at') ?? null,
      error: textIn(row, 'error') ?? null,
    },
  };
}
