import { Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { publicKeysIn } from '../../functions/porting/public-keys.ts';
import { choice, inMessage, readSetting, wholeNumber } from '../../functions/porting/settings.ts';
import { LEDGER_SETTINGS, type Setting } from '../settings.ts';
import type { PortInLedgerProps } from './props.ts';
import { SettingsError } from './settings-error.ts';

const readName = matching(/^[A-Za-z][A-Za-z0-9-]{0,59}$/, 'a letter and up to 59 more letters, digits and hyphens');

/** How each property of a ledger is read, and its default. What each is for: props.ts. */
const LEDGER = {
  telnyxPublicKey: { standard: '', read: publicKeys },
  ...LEDGER_SETTINGS,
  webhookConcurrency: { read: wholeNumber(1, 99_999) },
  webhookThrough: { standard: 'url', read: choice('url', 'api') },
  logRetentionDays: { standard: '90', read: retentionDays },
  apiRequestsPerSecond: { standard: '50', read: wholeNumber(1, 99_999) },
  apiBurst: { standard: '100', read: wholeNumber(1, 99_999) },
  alarmEmail: { read: emailAddress },
  noticeEmail: { read: emailAddress },
  chatNotices: { standard: 'off', read: choice('off', 'on') },
} satisfies Readonly<Record<Exclude<keyof PortInLedgerProps, 'ledgerName'>, Setting<unknown>>>;

/** In the app of the repository, a prefix names the two stacks and the ledger. Another prefix makes another ledger. */
const APP = { ...LEDGER, stackPrefix: { standard: 'PortInLedger', read: readName } };

type Read<Described> = {
  readonly [Name in keyof Described]: Described[Name] extends { standard: string; read: (text: string) => infer Value }
    ? Value
    : Described[Name] extends Setting<infer Value>
      ? Value | undefined
      : never;
};

/** The settings of one ledger. */
export type Settings = Read<typeof LEDGER> & { readonly ledgerName: string };

/**
 * Reads the settings of the app out of its CDK context, and checks them all.
 *
 * @example
 * readSettings(app.node.getAllContext())
 *
 * @throws {SettingsError}
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Read<typeof APP> {
  return readAll(APP, context);
}

/**
 * Reads the properties of a construct, and checks them all.
 *
 * @param ownName the ledger's name where none is given
 * @throws {SettingsError}
 */
export function readProps(props: PortInLedgerProps, ownName: string): Settings {
  return readAll({ ...LEDGER, ledgerName: { standard: ownName, read: readName } }, { ...props });
}

function readAll<Described extends Readonly<Record<string, Setting<unknown>>>>(
  described: Described,
  given: Readonly<Record<string, unknown>>,
): Read<Described> {
  const names = Object.keys(described);
  const problems = Object.keys(given)
    .filter((key) => isMisspelt(key, names))
    .map((key) => nameProblem(key, names));
  const read = (name: string, { standard, read }: Setting<unknown>): unknown => {
    try {
      const value = given[name] ?? standard;
      return value === undefined ? undefined : readSetting(name, String(value), textOnly(value, read));
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  const settings = Object.fromEntries(Object.entries(described).map(([name, setting]) => [name, read(name, setting)]));
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return settings as Read<Described>;
}

// CDK's own context keys all contain a colon, a slash or a hyphen, so a plain word that is no setting is a typing
// mistake.
function isMisspelt(key: string, names: readonly string[]): boolean {
  return /^\w+$/.test(key) && !names.includes(key);
}

function nameProblem(key: string, names: readonly string[]): string {
  const meant = names.find((name) => name.toLowerCase() === key.toLowerCase());
  return `${key} is not a setting: ${meant ? `write ${meant}` : `the settings are ${names.join(', ')}`}`;
}

function textOnly<Value>(given: unknown, read: (text: string) => Value): (text: string) => Value {
  if (Token.isUnresolved(given)) {
    return () => {
      throw new Error('is a token, which is known only at deployment: set it to the text itself');
    };
  }
  if (typeof given === 'string' || typeof given === 'number') return read;
  return () => {
    throw new Error(`must be a text or a number, not ${JSON.stringify(given)}`);
  };
}

function publicKeys(given: string): string {
  if (!given) {
    throw new Error('is missing: set it to the public key of your Telnyx account (in its portal, beside the API keys)');
  }
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
