import type { Context } from '../context.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { shown } from '../text.ts';
import { giveApiKey } from './api-key.ts';
import { type AwsOptions, awsClients } from './aws.ts';
import { findDeployment } from './deployment.ts';
import { ownIn, unregister } from './own-registration.ts';
import { findRegistration, PROFILE_NAME } from './registration.ts';
import { readSecret } from './secrets.ts';
import { telnyxAccount } from './telnyx-account.ts';
import { WHO_MAY } from './who-may.ts';

export interface DisconnectOptions extends AwsOptions {
  readonly stack?: string;
  readonly webhookUrl?: string;
  readonly condition?: string;
  readonly dryRun?: true;
}

/** Takes back what setup has made at Telnyx for a ledger, or for an address that a ledger had. */
export async function disconnect(
  { screen, surroundings }: Pick<Context, 'screen' | 'surroundings'>,
  options: DisconnectOptions,
): Promise<ExitCode> {
  const { clock } = surroundings;
  const { url, stored, baseUrl } = await whatToLeave(options, surroundings.environment);
  screen.say(WHO_MAY);
  const account = telnyxAccount(await giveApiKey(surroundings, stored), baseUrl, clock);
  const found = await findRegistration(account, url, options.condition);
  const own = ownIn(found);
  const removed = options.dryRun ? [] : await unregister(account, found, clock);
  if (screen.json) screen.document({ data: { url, channels: own.channels, settings: own.settings, removed } });
  else if (own.channels.length === 0) {
    screen.print(`already: profile "${PROFILE_NAME}" has no channel to ${shown(url)}`);
  } else if (options.dryRun) {
    const settings = own.settings.map(({ id }) => `setting ${shown(id)}`);
    const parts = [...settings, ...own.channels.map(({ id }) => `channel ${shown(id)}`)];
    screen.print(`would take away: ${parts.join(', ')}, and profile "${PROFILE_NAME}" if nothing else is in it`);
  } else screen.print(`taken away: ${removed.join(', ')}. Telnyx sends nothing more to ${shown(url)}`);
  if (found.setting && !found.isOurs) {
    screen.say(
      `Profile "${shown(found.profile?.name)}" sends to this address too. Setup has not made it, and leaves it alone.`,
    );
  }
  return EXIT.fine;
}

async function whatToLeave(
  { stack, webhookUrl, ...where }: DisconnectOptions,
  { TELNYX_BASE_URL = 'https://api.telnyx.com/v2' }: NodeJS.ProcessEnv,
): Promise<{ url: string; stored: string | undefined; baseUrl: string }> {
  // An old address is in no stack any more.
  if (webhookUrl !== undefined) return { url: webhookUrl, stored: undefined, baseUrl: TELNYX_BASE_URL };
  if (stack === undefined) throw new Failure(EXIT.usage, 'give --stack, or --webhook-url for an address of the past');
  const aws = awsClients(where);
  const deployment = await findDeployment(aws, stack);
  const stored = await readSecret(aws.secrets, deployment.apiKeySecret);
  return { url: deployment.webhookUrl, stored, baseUrl: deployment.telnyxBaseUrl };
}
