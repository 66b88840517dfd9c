import { apiAt } from '../api.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { keepConnection } from '../kept-connection.ts';
import { shown } from '../text.ts';
import { type AwsOptions, awsClients } from './aws.ts';
import { findDeployment } from './deployment.ts';
import { readApiTokens } from './secrets.ts';

/** Keeps the address of a deployed ledger and its operate token for the commands on this machine. */
export async function logIn(
  { screen, surroundings }: Pick<Context, 'screen' | 'surroundings'>,
  { stack, ...where }: AwsOptions & { readonly stack: string },
): Promise<ExitCode> {
  const aws = awsClients(where);
  const { apiUrl, tokensSecret } = await findDeployment(aws, stack);
  const { operate } = await readApiTokens(aws.secrets, tokensSecret);
  const connection = { url: apiUrl, token: operate };
  await apiAt(connection, screen.say, surroundings.clock).get('/v2/status');
  const path = keepConnection(surroundings.environment, connection);
  if (screen.json) screen.document({ data: { url: apiUrl, path } });
  else screen.print(`The command line asks ${shown(apiUrl)} from now on: address and token are in ${shown(path)}`);
  return EXIT.fine;
}
