import { REHEARSED } from '../deploy/documented.ts';

/** How it is proved that a documented command works. */
export type Way =
  /** It is run against the ledger of this test. */
  | 'here'
  /** `.ci/run` has it. */
  | 'in CI'
  /** A test runs it, or what it runs. */
  | { readonly by: string }
  /** Nothing runs it, for this reason. */
  | { readonly not: string };

const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const startOf = (text: string) => new RegExp(`^${quoted(text)}`);
const exactly = (...texts: readonly string[]) => new RegExp(`^(${texts.map(quoted).join('|')})$`);

/** The first that fits a command says how. */
export const WAYS: readonly (readonly [RegExp, Way])[] = [
  [/^export LEDGER_TOKEN=/, { by: 'test/readme.test.ts' }],
  [/^npm ci && npm start$|^npm start$/, { by: 'test/readme.test.ts' }],
  [/^npm run ledger -- (setup|disconnect|login) --stack/, { by: 'test/deploy/setup.ts' }],
  [exactly('npm run ledger -- <command>'), { not: 'it stands for all commands' }],
  [exactly('npm run ledger -- close-span ID'), { not: 'no simulated list stays contradictory; test/cli runs it' }],
  [/^npm run (--silent )?ledger -- /, 'here'],
  [exactly('npx cdk deploy PortInLedger-Service --exclusively'), { not: 'the rehearsal turns no chats off' }],
  [/^(npx )?cdk (bootstrap|deploy|destroy|synth)\b/, { by: 'test/deploy/rehearse.ts' }],
  ...REHEARSED.map(({ beginning }) => [startOf(beginning), { by: 'test/deploy/documented.ts' }] as const),
  [/^aws service-quotas /, { not: 'the emulator knows no quotas, and on AWS it asks people for more' }],
  [/^TELNYX_API_KEY=KEY\.\.\. /, { not: "it needs a real account's key" }],
  [/^(npm ci && )?npm pack$|^npx port-in-ledger /, { by: 'test/package' }],
  [/^npm version\b/, { not: 'it makes a release; test/aws/released.test.ts compares with what it records' }],
  [/^npm run (simulate|bench)\b/, { not: 'it takes minutes; test/simulation and test/bench run the same with less' }],
  [exactly('npm run fix', 'npm run screenshots'), { not: 'it changes files of the clone' }],
  [/^npm (ci|test|run [\w:-]+)/, 'in CI'],
  [/^npx vitest run /, 'in CI'],
];
