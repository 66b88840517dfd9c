import { counted } from './amounts.ts';
import type { Found } from './findings.ts';
import type { JudgedStatus } from './judged-status.ts';

/** A few refused ones may be another account's, or someone's experiments. */
const MOST_REFUSED = 10;

/** Do webhooks come, and can they be read? */
export function judgeWebhooks({ gaps, rejections, healing }: JudgedStatus): Found[] {
  const found: Found[] = [];
  const { refused_since_webhook: refused, unreadable_24h, listed_24h } = rejections;
  const { other_family_24h, other_family_latest: latest } = rejections;
  if (refused > MOST_REFUSED) {
    const what = `${refused} webhooks with a wrong signature were refused, and none was accepted since.`;
    found.push({ code: 'webhooks_refused', what });
  }
  if (unreadable_24h > 0) {
    const webhooks = counted(unreadable_24h, 'webhook that Telnyx signed', 'webhooks that Telnyx signed');
    found.push({ code: 'webhooks_unreadable', what: `${webhooks} in the last 24 hours cannot be read as an event.` });
  }
  if (other_family_24h > 0) {
    const webhooks = counted(other_family_24h, 'webhook that Telnyx signed', 'webhooks that Telnyx signed');
    const such = latest === null ? '' : `, such as ${latest}`;
    const what = `${webhooks} in the last 24 hours belong to another product${such}.`;
    found.push({ code: 'other_family_webhooks', what });
  }
  if (listed_24h > 0) {
    const records = counted(listed_24h, 'record of', 'records of');
    const what = `${records} Telnyx's list in the last 24 hours cannot be read as an event.`;
    found.push({ code: 'records_unreadable', what });
  }
  if (gaps.missed_24h > 0) {
    const missed = counted(gaps.missed_24h, 'notification', 'notifications');
    const what = `${missed} of events of the last 24 hours did not come.`;
    found.push({ code: 'notifications_missed', what });
  }
  if (gaps.missed_24h > 0 && healing.mode === 'republish' && healing.asked_today >= healing.per_day) {
    const what = `Healing has used up its ${healing.per_day} republishes of today.`;
    found.push({ code: 'healing_used_up', what });
  }
  if (gaps.unlisted_24h > 0) {
    const unlisted = counted(gaps.unlisted_24h, 'event came by webhook and is', 'events came by webhook and are');
    found.push({ code: 'events_unlisted', what: `${unlisted} not in Telnyx's list a day later.` });
  }
  return found;
}
