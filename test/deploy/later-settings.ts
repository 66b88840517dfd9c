import type { Settings } from './cdk.ts';
import type { Rehearsal } from './rehearsal.ts';

export const LOG_DAYS = 30;

/** The key pair is being rotated, and logs are kept for a shorter time. */
export function changedSettings({ settings, telnyx: { keys, nextKeys } }: Rehearsal): Settings {
  const telnyxPublicKey = `${keys.publicKeyBase64},${nextKeys.publicKeyBase64}`;
  return { ...settings, telnyxPublicKey, logRetentionDays: String(LOG_DAYS) };
}

/** And webhooks come through the API, and notices go to people. */
export function throughApi(rehearsal: Rehearsal): Settings {
  return { ...changedSettings(rehearsal), webhookThrough: 'api', noticeEmail: 'ports@example.com', chatNotices: 'on' };
}
