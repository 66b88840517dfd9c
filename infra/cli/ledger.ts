/** `npm run ledger -- <command>`: the ledger's HTTP API for people. */
import '../local/node-version.cjs';
import { runCommandLine } from './command-line.ts';

// A reader that went away (… | head) is no reason to fail.
process.stdout.on('error', () => process.exit());

process.exitCode = await runCommandLine(process.argv.slice(2));
