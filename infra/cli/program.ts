import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addCancel } from './commands/cancel.ts';
import { addCloseSpan } from './commands/close-span.ts';
import { addDeliveries } from './commands/deliveries.ts';
import { addDigest } from './commands/digest.ts';
import { addEvent } from './commands/event.ts';
import { addEvents } from './commands/events.ts';
import { addGaps } from './commands/gaps.ts';
import { addJobs } from './commands/jobs.ts';
import { addOrder } from './commands/order.ts';
import { addOrders } from './commands/orders.ts';
import { addRejections } from './commands/rejections.ts';
import { addRepublish } from './commands/republish.ts';
import { addSetup } from './commands/setup.ts';
import { addStatus } from './commands/status.ts';
import { addSyncRuns } from './commands/sync-runs.ts';
import { addTail } from './commands/tail.ts';
import { type Context, LEDGER } from './context.ts';
import { EXIT, type ExitCode, Failure } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const ABOUT = `
Environment:
  LEDGER_URL    where the ledger's API is (default: http://127.0.0.1:3000)
  LEDGER_TOKEN  a read token, or an operate token for what changes something
                (without it: the ledger of the last setup or login)
  NO_COLOR      no colours

Exit codes:
  0  fine
  1  the request failed, or the outcome is bad: not well, a job with failed or
     unknown items, a run or job that failed or was cancelled
  2  wrong usage
  3  not authorized
  4  not found
  5  the ledger cannot be reached
  130  ended by Ctrl-C

With --json standard output holds one JSON document and nothing else; a failure is
{"errors": [...]}. For scripts: ${LEDGER.replace('npm run', 'npm run --silent')} ...`;

/**
 * Parses the arguments and runs the command.
 *
 * @param args without Node and the script
 * @throws {Failure}
 */
export async function runProgram(
  args: readonly string[],
  { stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>,
  contextOf: (json: boolean) => Context,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.fine;
  const program = new Command(LEDGER)
    .usage('<command> [options]')
    .description('Shows what the ledger knows, and acts on it.')
    .version(`port-in-ledger ${version}`, '--version', 'which version this is')
    .option('--json', 'for machines: JSON on standard output, and nothing else there')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', ABOUT)
    .showHelpAfterError(`All commands: ${LEDGER} help [command]`)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .exitOverride();
  for (const add of [
    ...[addStatus, addDigest, addOrders, addOrder, addEvents, addEvent, addTail, addGaps, addDeliveries, addRejections],
    ...[addRepublish, addJobs, addSyncRuns, addCancel, addCloseSpan, addSetup],
  ]) {
    add(program, async (work) => {
      exitCode = await work(contextOf(program.opts().json === true));
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.fine;
    if (error.code === 'commander.help') throw new Failure(EXIT.usage, 'a command is needed', { isSaid: true });
    throw new Failure(EXIT.usage, error.message.replace(/^error: /, ''), { isSaid: true });
  }
}
