import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';
import { text } from 'node:stream/consumers';
import { blockOf } from '../documented/commands.ts';
import type { Rehearsal } from './rehearsal.ts';

/** The blocks of the documents that the rehearsal runs as they stand, with the AWS CLI, and where they are. */
export const REHEARSED = [
  { page: 'docs/deploy.md', beginning: 'output() {' },
  { page: 'docs/deploy.md', beginning: 'GENERATED=' },
  { page: 'docs/deploy.md', beginning: 'read -rs SLACK_URL' },
  { page: 'docs/events.md', beginning: 'BUS=' },
  { page: 'docs/operations.md', beginning: 'printf \'{"days"' },
] as const;

/** This version of the CLI sends what it asks of SQS past AWS_ENDPOINT_URL. */
const PRELUDE = 'set -eu -o pipefail\naws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';

const ran = new Set<string>();

/** The blocks that the rehearsal has not run. */
export const notRun = () => REHEARSED.map(({ beginning }) => beginning).filter((beginning) => !ran.has(beginning));

type Beginning = (typeof REHEARSED)[number]['beginning'];

/**
 * Runs a block of the documents in bash, after the definition of `output`, as a reader does.
 *
 * @param input on standard input, for what the block reads
 * @param after what to run after it, such as `echo "$QUEUE_URL"`
 * @returns everything that it printed
 */
export async function runDocumented(
  { environment, awsCli }: Pick<Rehearsal, 'environment' | 'awsCli'>,
  beginning: Beginning,
  { input = '', after = '' }: { readonly input?: string; readonly after?: string } = {},
): Promise<string> {
  const page = REHEARSED.find((one) => one.beginning === beginning)?.page ?? '';
  const block = [blockOf('docs/deploy.md', 'output() {'), blockOf(page, beginning), after].join('\n');
  // Node's own end of a pipe is a socket, which no program can open as /dev/stdout.
  const script = `${PRELUDE}\n{\n${block}\n} | cat`;
  const child = spawn('bash', ['-c', script], {
    env: {
      ...environment,
      PATH: [awsCli, environment.PATH].join(delimiter),
      AWS_DEFAULT_REGION: environment.AWS_REGION,
      AWS_CA_BUNDLE: environment.NODE_EXTRA_CA_CERTS,
      AWS_PAGER: '',
    },
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [said, failed, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  ran.add('output() {').add(beginning);
  if (code !== 0) throw new Error(`the block of ${page} that begins with ${beginning} ended with ${code}: ${failed}`);
  return said;
}
