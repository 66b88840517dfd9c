import type { Clock } from '../clock.ts';
import { LEDGER } from '../context.ts';
import { shown } from '../text.ts';
import type { Mode } from './mode.ts';
import { otherAddressesIn } from './own-registration.ts';
import { findRegistration, missingIn, PROFILE_NAME, register, untilEnabled } from './registration.ts';
import type { Told } from './report.ts';
import type { TelnyxAccount } from './telnyx-account.ts';

/**
 * Registers the webhook URL at Telnyx, and waits until that is enabled.
 *
 * @param say gets what the outcome does not tell
 */
export async function putWebhook(
  account: TelnyxAccount,
  url: string,
  {
    mode,
    condition,
    clock,
    say,
  }: { mode: Mode; condition?: string | undefined; clock: Clock; say: (text: string) => void },
): Promise<Told> {
  const found = await findRegistration(account, url, condition);
  const { setting, profile, isOurs } = found;
  for (const other of otherAddressesIn(found)) {
    say(
      `Profile "${PROFILE_NAME}" also sends to ${shown(other)}. If that is an old address of this ledger: ` +
        `${LEDGER} disconnect --webhook-url ${shown(other)}`,
    );
  }
  if (setting?.status === 'enabled') {
    const whose = isOurs ? `profile "${PROFILE_NAME}"` : `profile "${profile?.name}", which setup has not made`;
    return { outcome: 'already', words: `registered at Telnyx (${whose}), and enabled` };
  }
  const missing = missingIn(found);
  if (mode === 'check') {
    return {
      outcome: 'failed',
      words: setting
        ? `registered, but ${setting.status}, not enabled: check again in some minutes`
        : `${url} is not registered at Telnyx: run setup`,
    };
  }
  if (mode === 'dry-run') {
    const words = missing.length > 0 ? `make at Telnyx ${missing.join(', ')}, for ${url}` : 'wait until it is enabled';
    return { outcome: 'would do', words };
  }
  const id = await register(account, found);
  say('Waiting until Telnyx has enabled the webhook.');
  await untilEnabled(account, id, clock);
  const words = missing.length > 0 ? `made at Telnyx: ${missing.join(', ')}; it is enabled` : 'enabled now';
  return { outcome: 'done', words };
}
