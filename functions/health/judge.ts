import { FINDINGS, type FindingCode, type Found } from './findings.ts';
import { judgeSync } from './judge-sync.ts';
import { judgeUpstream } from './judge-upstream.ts';
import { judgeWebhooks } from './judge-webhooks.ts';
import { judgeWork } from './judge-work.ts';
import type { JudgedStatus } from './judged-status.ts';

/** A finding, and others that are only its consequences: those say nothing new while it holds. */
const CAUSES: Readonly<Partial<Record<FindingCode, readonly FindingCode[]>>> = {
  key_refused: ['sync_stopped', 'job_stuck', 'details_refused'],
  not_available: ['sync_stopped', 'job_stuck', 'details_refused'],
  rate_limited: ['sync_stopped', 'job_stuck'],
};

const CODES = Object.keys(FINDINGS) as FindingCode[];

/**
 * Judges the ledger's health: the one place that decides what is a finding. Each code is found once, worst first.
 *
 * @param now milliseconds since 1970
 */
export function judge(status: JudgedStatus, now: number): readonly Found[] {
  const found = [
    ...judgeSync(status, now),
    ...judgeUpstream(status, now),
    ...judgeWebhooks(status),
    ...judgeWork(status, now),
  ];
  const consequences = new Set(found.flatMap(({ code }) => CAUSES[code] ?? []));
  return found
    .filter(({ code }) => !consequences.has(code))
    .sort((one, other) => CODES.indexOf(one.code) - CODES.indexOf(other.code));
}

/** Whether nothing asks anyone to act. */
export function isWell(found: readonly Found[]): boolean {
  return found.every(({ code }) => FINDINGS[code].severity === 'know');
}
