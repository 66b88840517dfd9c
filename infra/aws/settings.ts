import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { publicKeysIn } from '../../functions/porting/public-keys.ts';
import { choice, inMessage, readSetting, wholeNumber } from '../../functions/porting/settings.ts';
import { LEDGER_SETTINGS, type Setting } from '../settings.ts';

const SETTINGS = {
  /** One to three public keys that webhooks are checked against: base64 of 32 bytes each, comma-separated. */
  telnyxPublicKey: { standard: '', read: publicKeys },
  ...LEDGER_SETTINGS,
  /** The prefix of the two stacks' names. Another prefix makes another ledger. */
  stackPrefix: {
    standard: 'PortInLedger',
    read: matching(/^[A-Za-z][A-Za-z0-9-]{0,59}$/, 'a letter and up to 59 more letters, digits and hyphens'),
  },
  /**
   * The most webhooks processed at once, reserved out of the account's limit. Without it, the account's limit applies.
   */
  webhookConcurrency: { read: wholeNumber(1, 99_999) },
  /** Telnyx's way in: a function URL, or a route of the API for accounts that forbid public function URLs. */
  webhookThrough: { standard: 'url', read: choice('url', 'api') },
  /** How long logs are kept. */
  logRetentionDays: { standard: '90', read: retentionDays },
  /** Requests a second that the API accepts before it answers 429. */
  apiRequestsPerSecond: { standard: '50', read: wholeNumber(1, 99_999) },
  /** How many requests the API accepts in one burst. */
  apiBurst: { standard: '100', read: wholeNumber(1, 99_999) },
  /** Where alarms and findings that cannot wait are mailed. Without it, only subscribers of the topic are notified. */
  alarmEmail: { read: emailAddress },
  /** Where notices and the digest are mailed. Without it, there is no topic of notices. */
  noticeEmail: { read: emailAddress },
  /** Whether notices and the digest go to Slack or Teams, whose addresses stand in a secret then. */
  chatNotices: { standard: 'off', read: choice('off', 'on') },
} satisfies Readonly<Record<string, Setting<unknown>>>;

type Described = typeof SETTINGS;
type ValueOf<Row> = Row extends { standard: string; read: (text: string) => infer Value }
  ? Value
  : Row extends Setting<infer Value>
    ? Value | undefined
    : never;

/** The settings of one deployment, from `-c name=value` or the `context` of cdk.json. */
export type Settings = { readonly [Name in keyof Described]: ValueOf<Described[Name]> };

/** Settings that cannot be deployed. The message has one line for each, which says what to set. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const names = Object.keys(SETTINGS) as (keyof Settings)[];

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
  const read = (name: keyof Settings): unknown => {
    const { standard, read }: Setting<unknown> = SETTINGS[name];
    try {
      const given = context[name] ?? standard;
      return given === undefined ? undefined : readSetting(name, String(given), textOnly(given, read));
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  const settings = Object.fromEntries(names.map((name) => [name, read(name)]));
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return settings as unknown as Settings;
}

// CDK's own context keys all contain a colon, a slash or a hyphen, so a plain word that is no setting is a typing
// mistake.
function isMisspelt(key: string): boolean {
  return /^\w+$/.test(key) && !names.some((name) => name === key);
}

function nameProblem(key: string): string {
  const meant = names.find((name) => name.toLowerCase() === key.toLowerCase());
  return `${key} is not a setting: ${meant ? `write ${meant}` : `the settings are ${names.join(', ')}`}`;
}

function textOnly<Value>(given: unknown, read: (text: string) => Value): (text: string) => Value {
  if (typeof given === 'string' || typeof given === 'number') return read;
  return () => {
    throw new Error(`must be a text or a number, not ${JSON.stringify(given)}`);
  };
}

function publicKeys(given: string): string {
  const where = 'the public key of your Telnyx account (in its portal, beside the API keys)';
  if (!given) throw new Error(`is missing: set it with -c telnyxPublicKey=..., ${where}`);
  // As base64, because line breaks of a PEM may not survive in an environment variable.
  return publicKeysIn(given).join(',');
}

function retentionDays(given: string): RetentionDays {
  const allowed = Object.values(RetentionDays).filter(
    (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
  ) as RetentionDays[];
  const days = allowed.find((each) => String(each) === given);
  if (days !== undefined) return days;
  throw new Error(`must be one of ${allowed.join(', ')} (CloudWatch's choice), not ${inMessage(given)}`);
}

function emailAddress(given: string): string {
  return matching(/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/, 'one e-mail address')(given);
}

function matching(pattern: RegExp, allowed: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new Error(`must be ${allowed}, not ${inMessage(text)}`);
  };
}
