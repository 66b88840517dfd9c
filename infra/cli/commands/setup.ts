import { type AddCommands, LEDGER } from '../context.ts';
import { EXIT } from '../failure.ts';
import { forgetConnection } from '../kept-connection.ts';
import type { DisconnectOptions } from '../setup/disconnect.ts';
import type { SetupOptions } from '../setup/setup.ts';

const STACK = ['--stack <name>', "the ledger's stacks on AWS, such as PortInLedger"] as const;
const PROFILE = ['--profile <name>', 'AWS profile (default: as the AWS CLI)'] as const;
const REGION = ['--region <name>', 'AWS Region (default: as the AWS CLI)'] as const;
const CONDITION = [
  '--condition <id>',
  "Telnyx's notification condition of port-in, if its name does not tell",
] as const;

// What these commands need of AWS and Telnyx takes longer to load than any other command runs.
export const addSetup: AddCommands = (program, run) => {
  const setup = program
    .command('setup')
    .description('connects a deployed ledger to Telnyx, and this machine to the ledger; run it again at any time')
    .requiredOption(...STACK)
    .option(...PROFILE)
    .option(...REGION)
    .option('--check', 'repeat all checks and change nothing')
    .option('--dry-run', 'say what would be done and change nothing')
    .option('--new-api-key', 'ask for a Telnyx API key although one is stored')
    .option('--yes', 'republish the newest event without asking: it may send e-mails')
    .option(...CONDITION)
    .action((options: SetupOptions) => {
      if (options.check && options.dryRun) setup.error('error: give --check or --dry-run, but not both');
      return run(async (context) => (await import('../setup/setup.ts')).setUp(context, options));
    });
  const disconnect = program
    .command('disconnect')
    .description('takes back what setup has made at Telnyx: its webhooks come to the ledger no more')
    .option(...STACK)
    .option('--webhook-url <url>', 'an address that the ledger had, instead of --stack')
    .option(...PROFILE)
    .option(...REGION)
    .option('--dry-run', 'say what would be taken away and change nothing')
    .option(...CONDITION)
    .action((options: DisconnectOptions) => {
      if ((options.stack === undefined) === (options.webhookUrl === undefined)) {
        disconnect.error('error: give --stack, or --webhook-url for an address that the ledger had');
      }
      return run(async (context) => (await import('../setup/disconnect.ts')).disconnect(context, options));
    });
  program
    .command('login')
    .description('keeps the address and the operate token of a deployed ledger for the commands on this machine')
    .requiredOption(...STACK)
    .option(...PROFILE)
    .option(...REGION)
    .action((options: { readonly stack: string }) =>
      run(async (context) => (await import('../setup/login.ts')).logIn(context, options)),
    );
  program
    .command('logout')
    .description('forgets what login or setup has kept on this machine')
    .action(() =>
      run(async ({ screen, surroundings }) => {
        const was = forgetConnection(surroundings.environment);
        if (screen.json) screen.document({ data: { forgotten: was } });
        else screen.print(was ? 'forgotten' : `already: nothing is kept. To keep a connection: ${LEDGER} login`);
        return EXIT.fine;
      }),
    );
};
