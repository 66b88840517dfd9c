import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { EXIT, Failure } from '../failure.ts';
import { type AwsClients, askAws } from './aws.ts';

/** What setup needs of a deployed ledger: outputs of its stacks, and where its functions call Telnyx. */
export interface Deployment {
  readonly stack: string;
  readonly webhookUrl: string;
  readonly apiUrl: string;
  readonly syncFunction: string;
  readonly apiKeySecret: string;
  readonly tokensSecret: string;
  readonly alarmTopic: string;
  /** Only where the porting team is told by mail. */
  readonly noticeTopic: string | undefined;
  readonly telnyxBaseUrl: string;
}

/**
 * Finds the stacks of a ledger: `NAME-Data` and `NAME-Service`, or one stack of this name that has both.
 *
 * @throws {Failure} when there are none, or one of them is not deployed completely
 */
export async function findDeployment({ cloudformation, lambda }: AwsClients, name: string): Promise<Deployment> {
  const names = [`${name}-Data`, `${name}-Service`, name];
  const stacks = await Promise.all(names.map((one) => stackNamed(cloudformation, one)));
  const region = await askAws('a Region', () => cloudformation.config.region());
  const found = stacks.filter((one) => one !== undefined);
  if (found.length === 0) {
    throw new Failure(
      EXIT.notFound,
      `There is no stack ${names.join(', ')} in ${region}: deploy it, or give another --stack, --region or --profile`,
    );
  }
  const outputs = new Map(
    found.flatMap(({ Outputs = [] }) => Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
  );
  const output = (key: string): string => {
    const value = outputs.get(key);
    if (value) return value;
    const states = found.map(({ StackName, StackStatus }) => `${StackName} is ${StackStatus}`).join(', ');
    throw new Failure(
      EXIT.bad,
      `The stacks of ${name} in ${region} have no output ${key} (${states}): deploy all again`,
    );
  };
  const syncFunction = output('SyncFunction');
  const { Environment } = await askAws('the settings of sync-events', () =>
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: syncFunction })),
  );
  return {
    stack: name,
    webhookUrl: output('WebhookUrl'),
    apiUrl: output('ApiUrl').replace(/\/+$/, ''),
    syncFunction,
    apiKeySecret: output('TelnyxApiKeySecret'),
    tokensSecret: output('ApiTokensSecret'),
    alarmTopic: output('AlarmTopic'),
    noticeTopic: outputs.get('NoticeTopic'),
    telnyxBaseUrl: Environment?.Variables?.TELNYX_BASE_URL ?? 'https://api.telnyx.com/v2',
  };
}

/** CloudFormation answers a name that it does not know with a validation error. */
const isUnknown = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);

async function stackNamed(client: AwsClients['cloudformation'], StackName: string): Promise<Stack | undefined> {
  try {
    const ask = () => client.send(new DescribeStacksCommand({ StackName }));
    return (await askAws(`the stack ${StackName}`, ask, isUnknown)).Stacks?.[0];
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}
