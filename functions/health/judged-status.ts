import type { LedgerStatus } from '../ledger/status/ledger-status.ts';

/** What is judged: the ledger's status, and its healing of missed notifications. */
export type JudgedStatus = Omit<LedgerStatus, 'healed_today'> & {
  readonly healing: {
    readonly mode: HealingSettings['mode'];
    readonly asked_today: number;
    readonly per_day: number;
  };
};

/** Whether missed notifications are republished, and the most of them in a day. */
export interface HealingSettings {
  readonly mode: 'off' | 'republish';
  readonly perDay: number;
}

export function judgedStatus(
  { healed_today: asked_today, ...status }: LedgerStatus,
  healing: HealingSettings,
): JudgedStatus {
  return { ...status, healing: { mode: healing.mode, asked_today, per_day: healing.perDay } };
}
