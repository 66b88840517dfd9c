import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDoor } from './door.ts';
import type { Ledger } from './ledger.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import type { Tokens } from './secrets.ts';

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Step {
  readonly step: string;
  readonly outcome: string;
  readonly words: string;
}

const command = join(import.meta.dirname, '../../infra/cli/ledger.ts');
const resolver = pathToFileURL(join(import.meta.dirname, 'resolve-localhost.mjs')).href;
const stack = ['--stack', 'PortInLedger'] as const;

/** `npm run ledger` without npm, as its user runs it on a machine of theirs. */
async function ledgerCommand(
  { environment, folder }: Rehearsal,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', resolver, command, ...args], {
    env: { ...environment, XDG_CONFIG_HOME: join(folder, 'config'), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said.stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, ...said };
}

/** The outcome of each step, by its name. */
function outcomes({ stdout, stderr }: Ran): Readonly<Record<string, string>> {
  return Object.fromEntries(stepsIn(stdout, stderr).map(({ step, outcome }) => [step, outcome]));
}

function stepsIn(stdout: string, stderr: string): readonly Step[] {
  try {
    return (JSON.parse(stdout) as { data: { steps: Step[] } }).data.steps;
  } catch {
    throw new Error(`not the document of setup: ${stdout}\n${stderr}`);
  }
}

const CHECKED = { clock: 'fine', 'public key': 'fine', concurrency: 'fine', 'e-mail': 'fine' } as const;

/** One command connects the deployed ledger, and its check is content. */
export async function checkSetup(rehearsal: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { telnyx, folder } = rehearsal;
  const without = await ledgerCommand(rehearsal, ['setup', ...stack, '--check', '--json']);
  equal('setup --check, before: 1', without.code, 1);
  equal('it finds that there is no key', outcomes(without)['API key'], 'failed');

  const door = await openDoor(ledger, tokens.read);
  door.letIn();
  telnyx.simulator.sendWebhooksTo(door.url);
  const begun = performance.now();
  const key = { TELNYX_API_KEY: telnyx.apiKey };
  const ran = await ledgerCommand(rehearsal, ['setup', ...stack, '--yes', '--json'], key);
  note(`connected in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  for (const { step, words } of stepsIn(ran.stdout, ran.stderr)) note(`${step}: ${words}`);
  equal(
    'setup does all its steps',
    [ran.code, outcomes(ran)],
    [
      0,
      {
        stacks: 'fine',
        'API key': 'done',
        webhook: 'done',
        API: 'fine',
        'first sync': 'done',
        'way back': 'done',
        ...CHECKED,
        'this machine': 'done',
      },
    ],
  );
  await telnyx.simulator.pause();
  telnyx.simulator.sendWebhooksTo(undefined);
  await door.close();
  const said = ran.stdout + ran.stderr;
  holds(
    'it shows no secret',
    [telnyx.apiKey, tokens.read, tokens.operate].every((one) => !said.includes(one)),
    said,
  );
  const { mode } = await stat(join(folder, 'config/port-in-ledger/connection.json'));
  equal('it keeps the connection for its user alone', mode & 0o777, 0o600);
  equal('the URL that it registered is that of the ledger', await destinations(rehearsal), [ledger.webhookUrl]);

  const again = await ledgerCommand(rehearsal, ['setup', ...stack, '--json']);
  equal(
    'a second time, everything is there already',
    [again.code, new Set(Object.values(outcomes(again)))],
    [0, new Set(['fine', 'already'])],
  );
  const check = await ledgerCommand(rehearsal, ['setup', ...stack, '--check', '--json']);
  equal('setup --check: 0', [check.code, new Set(Object.values(outcomes(check)))], [0, new Set(['fine', 'already'])]);
  equal('the command line then asks this ledger', (await ledgerCommand(rehearsal, ['runs'])).code, 0);
}

/** Under a new URL setup registers that one; disconnect takes back the old one, and then all of it. */
export async function checkDisconnect(rehearsal: Rehearsal, oldUrl: string, ledger: Ledger): Promise<void> {
  const { telnyx } = rehearsal;
  const check = await ledgerCommand(rehearsal, ['setup', ...stack, '--check', '--json']);
  equal('setup --check, under a new URL: 1', [check.code, outcomes(check).webhook], [1, 'failed']);
  const ran = await ledgerCommand(rehearsal, ['setup', ...stack, '--json']);
  equal('setup registers it', outcomes(ran).webhook, 'done');
  holds('and names the old one', ran.stderr.includes(`disconnect --webhook-url ${oldUrl}`), ran.stderr);
  equal('both are registered', (await destinations(rehearsal)).toSorted(), [ledger.webhookUrl, oldUrl].toSorted());

  const account = { TELNYX_API_KEY: telnyx.apiKey, TELNYX_BASE_URL: telnyx.api.url };
  const old = await ledgerCommand(rehearsal, ['disconnect', '--webhook-url', oldUrl], account);
  equal('disconnect takes back the old one', [old.code, await destinations(rehearsal)], [0, [ledger.webhookUrl]]);
  const elsewhere = { XDG_CONFIG_HOME: join(rehearsal.folder, 'another machine') };
  const all = await ledgerCommand(rehearsal, ['disconnect', ...stack], elsewhere);
  equal('and the rest from another machine', [all.code, await destinations(rehearsal)], [0, []]);
}

/** Where the account sends notifications. */
async function destinations({ telnyx }: Rehearsal): Promise<readonly string[]> {
  const answer = await fetch(`${telnyx.api.url}/notification_channels`, {
    headers: { authorization: `Bearer ${telnyx.apiKey}` },
  });
  const { data } = (await answer.json()) as { data: { channel_destination: string }[] };
  return data.map(({ channel_destination }) => channel_destination);
}
