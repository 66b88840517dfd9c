import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readWebhookTypes } from '../../functions/porting/due.ts';
import { readOverdueLimits } from '../../functions/porting/overdue.ts';
import { publicKeysIn } from '../../functions/porting/public-keys.ts';
import {
  readBaseUrl,
  readGraceMinutes,
  readHealing,
  readHealingPerDay,
  readRetainDays,
  wholeNumber,
} from '../../functions/porting/settings.ts';

/** What one deployment is told, from `-c name=value` or the `context` of cdk.json. Only `telnyxPublicKey` has no default. */
export interface Settings {
  /** One to three public keys that webhooks are checked against: base64 of 32 bytes each, with commas between. */
  readonly telnyxPublicKey: string;
  /** Where the Events API is, without a slash at the end. */
  readonly telnyxBaseUrl: string;
  /** What the names of the two stacks begin with. Another prefix makes another ledger. */
  readonly stackPrefix: string;
  /** The most webhooks worked on at once, reserved for them out of the account's limit. Without it, the account's limit. */
  readonly webhookConcurrency: number | undefined;
  /** How long logs are kept. */
  readonly logRetentionDays: RetentionDays;
  /** Requests a second that the API takes before it answers 429. */
  readonly apiRequestsPerSecond: number;
  /** How many requests the API takes in one burst. */
  readonly apiBurst: number;
  /** Where alarms are mailed to. Without it, only who subscribes to the topic hears of them. */
  readonly alarmEmail: string | undefined;
  /** Whether there is a dashboard: beyond an account's first three it is a third of what a ledger without events costs. */
  readonly dashboard: 'on' | 'off';
  /** The event types whose webhooks arrive: `learned` from those that did, `none`, or a list with commas between. */
  readonly webhookTypes: string;
  /** How long a webhook may be late before it counts as missed. */
  readonly graceMinutes: number;
  /** Business days by status, such as `exception=5,submitted=10`, in place of the service's own limits; or `default`. */
  readonly overdueAfter: string;
  /** How many days events of ended orders are kept. Without it, for ever. */
  readonly retainDays: number | undefined;
  /** What is done about a missed notification. */
  readonly healing: 'off' | 'republish';
  /** The most notifications that healing asks for in one UTC day. */
  readonly healingPerDay: number;
}

/** Settings that cannot be deployed. The message has a line for each problem and says what to set. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const upTo99999 = wholeNumber(1, 99_999);

const readers = {
  telnyxPublicKey: (given) => publicKeys(given),
  telnyxBaseUrl: (given = 'https://api.telnyx.com/v2') => readBaseUrl(given),
  stackPrefix: (given = 'PortInLedger') => stackPrefix(given),
  webhookConcurrency: (given) => (given === undefined ? undefined : upTo99999(given)),
  logRetentionDays: (given = '90') => retentionDays(given),
  apiRequestsPerSecond: (given = '50') => upTo99999(given),
  apiBurst: (given = '100') => upTo99999(given),
  alarmEmail: (given) => (given === undefined ? undefined : emailAddress(given)),
  dashboard: (given = 'on') => oneOf(['on', 'off'], given),
  webhookTypes: (given = 'learned') => webhookTypes(given),
  graceMinutes: (given = '15') => readGraceMinutes(given),
  overdueAfter: (given = 'default') => overdueAfter(given),
  retainDays: (given = 'none') => readRetainDays(given),
  healing: (given = 'off') => readHealing(given),
  healingPerDay: (given = '50') => readHealingPerDay(given),
} satisfies { [Name in keyof Settings]: (given: string | undefined) => Settings[Name] };

const names = Object.keys(readers) as (keyof Settings)[];

/**
 * Reads the settings out of a CDK context and checks them all.
 *
 * @example
 * readSettings(app.node.getAllContext())
 *
 * @throws SettingsError
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const problems = Object.keys(context).filter(isMisspelt).map(nameProblem);
  const read = <Name extends keyof Settings>(name: Name): Settings[Name] | undefined => {
    try {
      // The tie between a name and what its reader returns is lost in a lookup by a variable; `satisfies` above proves it.
      return readers[name](asText(context[name])) as Settings[Name];
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`);
      return undefined;
    }
  };
  const settings = Object.fromEntries(names.map((name) => [name, read(name)]));
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return settings as unknown as Settings;
}

// CDK's own context keys all hold a colon, a slash or a hyphen: a plain word that is no setting is a slip of the keyboard.
function isMisspelt(key: string): boolean {
  return /^\w+$/.test(key) && !names.some((name) => name === key);
}

function nameProblem(key: string): string {
  const meant = names.find((name) => name.toLowerCase() === key.toLowerCase());
  return `${key} is not a setting: ${meant ? `write ${meant}` : `the settings are ${names.join(', ')}`}`;
}

function asText(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' || typeof given === 'number') return String(given).trim();
  throw new Error(`must be a text or a number, not ${JSON.stringify(given)}`);
}

function publicKeys(given: string | undefined): string {
  const where = 'the public key of your Telnyx account (in its portal, beside the API keys)';
  if (!given) throw new Error(`is missing: set it with -c telnyxPublicKey=..., ${where}`);
  // As base64, so that no line break of a PEM has to survive an environment variable.
  return publicKeysIn(given).join(',');
}

function stackPrefix(given: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]{0,59}$/.test(given)) return given;
  throw new Error(`must be a letter and up to 59 more letters, digits and hyphens, not ${given}`);
}

function retentionDays(given: string): RetentionDays {
  const allowed = Object.values(RetentionDays).filter(
    (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
  ) as RetentionDays[];
  const days = allowed.find((each) => String(each) === given);
  if (days === undefined) throw new Error(`must be one of ${allowed.join(', ')} (CloudWatch's choice), not ${given}`);
  return days;
}

function emailAddress(given: string): string {
  if (/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(given)) return given;
  throw new Error(`must be one e-mail address, not ${given}`);
}

function webhookTypes(given: string): string {
  const types = readWebhookTypes(given);
  return types instanceof Set ? [...types].join(',') : given;
}

function overdueAfter(given: string): string {
  readOverdueLimits(given);
  return given.replaceAll(/\s/g, '');
}

function oneOf<Word extends string>(words: readonly Word[], given: string): Word {
  const word = words.find((each) => each === given);
  if (word !== undefined) return word;
  throw new Error(`must be ${words.join(' or ')}, not ${given}`);
}
