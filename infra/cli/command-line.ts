import { type Api, apiAt } from './api.ts';
import { EXIT, type ExitCode, Failure } from './failure.ts';
import { runProgram } from './program.ts';
import { screenOf } from './screen.ts';
import { readSettings } from './settings.ts';
import { type Surroundings, thisProcess } from './surroundings.ts';
import { shown } from './text.ts';

/**
 * Runs a command and reports failures: in words on standard error, and with `--json` also on standard output.
 *
 * @param args without Node and the script
 */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings = thisProcess,
): Promise<ExitCode> {
  const { environment, clock } = surroundings;
  let screen = screenOf(surroundings, args.includes('--json'));
  try {
    return await runProgram(args, surroundings, (json) => {
      screen = screenOf(surroundings, json);
      let api: Api | undefined;
      return {
        // Commands that set up a ledger have none to ask yet.
        get api() {
          api ??= apiAt(readSettings(environment), screen.say, clock);
          return api;
        },
        screen,
        surroundings,
      };
    });
  } catch (error) {
    const failure =
      error instanceof Failure ? error : new Failure(EXIT.bad, `This should not happen: ${shown(String(error))}`);
    if (!failure.isSaid) screen.say(failure.message);
    if (failure.exitCode === EXIT.unreachable && !environment.LEDGER_URL && environment.LEDGER_TOKEN) {
      screen.say('LEDGER_URL is not set: set it to the address of the ledger if it is not on this machine.');
    }
    if (screen.json) screen.line({ errors: failure.errors });
    return failure.exitCode;
  }
}
