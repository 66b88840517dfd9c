/** `npm run ledger -- <command>`: the ledger's HTTP API for people. */
import '../local/node-version.cjs';
import { apiAt } from './api.ts';
import { EXIT, Failure } from './failure.ts';
import { runProgram } from './program.ts';
import { type Screen, thisScreen } from './screen.ts';
import { readSettings } from './settings.ts';
import { shown } from './text.ts';

const args = process.argv.slice(2);
let screen: Screen = thisScreen(args.includes('--json'));
// A reader that went away (… | head) is no reason to fail.
process.stdout.on('error', () => process.exit());

try {
  process.exitCode = await runProgram(args, (json) => {
    screen = thisScreen(json);
    return { api: apiAt(readSettings(process.env), screen.say), screen };
  });
} catch (error) {
  const failure =
    error instanceof Failure ? error : new Failure(EXIT.bad, `This should not happen: ${shown(String(error))}`);
  if (!failure.isSaid) screen.say(failure.message);
  if (failure.exitCode === EXIT.unreachable && !process.env.LEDGER_URL) {
    screen.say('LEDGER_URL is not set: set it to the address of the ledger if it is not on this machine.');
  }
  if (screen.json) screen.line({ errors: failure.errors });
  process.exitCode = failure.exitCode;
}
