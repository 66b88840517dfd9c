import { runCommandLine } from './command-line.ts';

// It is no failure when the reader of a pipe goes away (… | head).
process.stdout.on('error', () => process.exit());

process.exitCode = await runCommandLine(process.argv.slice(2));
