import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { EXIT, Failure } from '../failure.ts';
import { shown } from '../text.ts';

/** Where the ledger is deployed. What is not given comes from the SDK's own chain: environment, profile, and so on. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
}

export interface AwsClients {
  readonly cloudformation: CloudFormationClient;
  readonly lambda: LambdaClient;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
}

export function awsClients({ profile, region }: AwsOptions): AwsClients {
  const config = { ...(profile && { profile }), ...(region && { region }) };
  return {
    cloudformation: new CloudFormationClient(config),
    lambda: new LambdaClient(config),
    secrets: new SecretsManagerClient(config),
    sns: new SNSClient(config),
  };
}

/**
 * Asks AWS.
 *
 * @param what is asked for, for the message, such as `the outputs of the stacks`
 * @throws {Failure} that says what to do; but an error that `expected` takes is thrown as it is
 */
export async function askAws<Answer>(
  what: string,
  ask: () => Promise<Answer>,
  expected: (error: unknown) => boolean = () => false,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure || expected(error)) throw error;
    throw new Failure(EXIT.bad, `AWS did not give ${what}: ${adviceOn(error as Error)}`);
  }
}

function adviceOn({ name, message }: Error): string {
  const said = shown(message).replace(/\.$/, '');
  if (/Region is missing/.test(said)) return 'no Region is set: give --region, or set AWS_REGION';
  if (/CredentialsProvider|TokenProvider/.test(name) || /Could not load credentials/.test(said)) {
    return `there are no valid AWS credentials (${said}): give --profile, or sign in as the AWS CLI does`;
  }
  if (/Expired|UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch/.test(name)) {
    return `it refuses the AWS credentials (${said}): sign in again, or give another --profile`;
  }
  if (/AccessDenied|AuthorizationError|Unauthorized/.test(name)) {
    return `the AWS credentials may not do that (${said}): use those that deploy the stacks`;
  }
  return `${said || name}`;
}
