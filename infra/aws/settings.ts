import { RetentionDays } from 'aws-cdk-lib/aws-logs';

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
}

/** Settings that cannot be deployed. The message has a line for each problem and says what to set. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const readers = {
  telnyxPublicKey: (given) => publicKeys(given),
  telnyxBaseUrl: (given = 'https://api.telnyx.com/v2') => baseUrl(given),
  stackPrefix: (given = 'PortInLedger') => stackPrefix(given),
  webhookConcurrency: (given) => (given === undefined ? undefined : wholeNumber(given)),
  logRetentionDays: (given = '90') => retentionDays(given),
  apiRequestsPerSecond: (given = '50') => wholeNumber(given),
  apiBurst: (given = '100') => wholeNumber(given),
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
  const keys = given.split(',').map((key) => key.trim());
  if (keys.length > 3) throw new Error(`holds ${keys.length} keys: give one to three, with commas between`);
  return keys.map(publicKey).join(',');
}

// What base64 of a PEM has before the 32 bytes of the key: it says that this is Ed25519.
const ed25519 = 'MCowBQYDK2VwAyEA';

// Each key ends up as base64 of its 32 bytes, so that no line break of a PEM has to survive an environment variable. The `cdk`
// command passes on only the first line of a value: a PEM comes in one line, with blanks or `\n` where it had line breaks.
function publicKey(given: string, index: number): string {
  const base64 = given.replace(/-----[A-Z ]+-----|\s|\\n/g, '').replace(ed25519, '');
  if (/^[A-Za-z0-9+/]{43}=$/.test(base64)) return base64;
  throw new Error(
    `has no Ed25519 public key at position ${index + 1}: give base64 of 32 bytes (44 characters), or PEM in one line`,
  );
}

function baseUrl(given: string): string {
  const url = URL.parse(given);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    throw new Error(`must be a URL such as https://api.telnyx.com/v2, not ${given}`);
  }
  return given.replace(/\/+$/, '');
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

function wholeNumber(given: string): number {
  if (/^[1-9]\d{0,4}$/.test(given)) return Number(given);
  throw new Error(`must be a whole number from 1 to 99999, not ${given}`);
}
