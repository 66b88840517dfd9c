import { inMessage } from './settings.ts';

/**
 * What people are told of at once, by the setting's words. All but the last are the ledger's own events on the bus,
 * without their prefix; `cancelled` is an order that was cancelled although no one asked for it.
 */
export const NOTICE_NAMES = [
  'action_required',
  'comment_from_telnyx',
  'foc_set',
  'foc_changed',
  'overdue',
  'cancelled',
] as const;

export type NoticeName = (typeof NOTICE_NAMES)[number];

/**
 * Which notices are sent.
 *
 * @param text `all`, `none` (then the digest alone is sent), or names, comma-separated
 * @throws {Error} that says what is allowed; its message continues after the setting's name
 */
export function readNotices(text: string): ReadonlySet<NoticeName> {
  if (text === 'all') return new Set(NOTICE_NAMES);
  if (text === 'none') return new Set();
  return new Set(
    text.split(',').map((part) => {
      const name = NOTICE_NAMES.find((one) => one === part.trim());
      if (name !== undefined) return name;
      const known = NOTICE_NAMES.join(', ');
      throw new Error(`must be all, none, or a comma-separated list of ${known}: ${inMessage(part.trim())} is none`);
    }),
  );
}
