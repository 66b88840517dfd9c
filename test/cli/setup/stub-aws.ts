import { text } from 'node:stream/consumers';
import { onTestFinished, vi } from 'vitest';
import { serve } from '../../../infra/local/loopback-server.ts';

/** What an AWS account holds. Tests change it. */
export interface StubAws {
  /** The outputs of each stack, by the stack's name. */
  readonly stacks: Map<string, Readonly<Record<string, string>>>;
  stackStatus: string;
  /** `undefined` for a secret without a value. */
  readonly secrets: Map<string, string | undefined>;
  /** The environment of each function. */
  readonly functions: Map<string, Readonly<Record<string, string>>>;
  concurrency: number;
  /** The subscriptions of each topic. */
  readonly topics: Map<
    string,
    readonly { readonly protocol: string; readonly endpoint: string; readonly arn: string }[]
  >;
  /** Operations that are refused, such as `PutSecretValue`. */
  readonly forbidden: Set<string>;
  /** What changed something: `PutSecretValue NAME`, `Invoke NAME`. */
  readonly changes: string[];
  /** Called when a function is invoked. */
  onInvoke: () => void;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const isRefusal = (answer: object): answer is Refusal => 'code' in answer;

/** An AWS account for the SDK's own clients, by HTTP. Nothing of this machine's AWS settings has an effect. */
export async function stubAws(): Promise<StubAws> {
  const aws: StubAws = {
    stacks: new Map(),
    stackStatus: 'CREATE_COMPLETE',
    secrets: new Map(),
    functions: new Map(),
    concurrency: 1000,
    topics: new Map(),
    forbidden: new Set(),
    changes: [],
    onInvoke: () => {},
  };

  const answers: Readonly<Record<string, (input: Readonly<Record<string, string>>) => object | Refusal | string>> = {
    DescribeStacks({ StackName = '' }) {
      const outputs = aws.stacks.get(StackName);
      if (!outputs)
        return { status: 400, code: 'ValidationError', message: `Stack with id ${StackName} does not exist` };
      const members = Object.entries(outputs).map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${StackName}</StackName>
        <CreationTime>2026-11-20T09:00:00Z</CreationTime><StackStatus>${aws.stackStatus}</StackStatus>
        <Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
    },
    ListSubscriptionsByTopic({ TopicArn = '' }) {
      const members = (aws.topics.get(TopicArn) ?? []).map(
        ({
          protocol,
          endpoint,
          arn,
        }) => `<member><SubscriptionArn>${arn}</SubscriptionArn><Protocol>${protocol}</Protocol>
          <Endpoint>${endpoint}</Endpoint></member>`,
      );
      return `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult>
        <Subscriptions>${members.join('')}</Subscriptions>
        </ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`;
    },
    GetSecretValue({ SecretId = '' }) {
      const SecretString = aws.secrets.get(SecretId);
      if (SecretString !== undefined) return { SecretString };
      return { status: 400, code: 'ResourceNotFoundException', message: "Secrets Manager can't find the value" };
    },
    PutSecretValue({ SecretId = '', SecretString = '' }) {
      aws.secrets.set(SecretId, SecretString);
      aws.changes.push(`PutSecretValue ${SecretId}`);
      return {};
    },
    GetAccountSettings: () => ({ AccountLimit: { ConcurrentExecutions: aws.concurrency } }),
    GetFunctionConfiguration: ({ FunctionName = '' }) => ({
      Environment: { Variables: aws.functions.get(FunctionName) ?? {} },
    }),
    Invoke({ FunctionName = '' }) {
      aws.changes.push(`Invoke ${FunctionName}`);
      aws.onInvoke();
      return {};
    },
  };

  const { url, close } = await serve(async (request, response) => {
    response.sendDate = false;
    const body = await text(request);
    const { operation, input } = readRequest(request.url ?? '', request.headers['x-amz-target'], body);
    const refusal = { status: 400, code: 'AccessDenied', message: `User: me is not authorized to ${operation}` };
    const answer = aws.forbidden.has(operation) ? refusal : answers[operation]?.(input);
    if (answer === undefined) return void response.writeHead(500).end();
    if (typeof answer === 'string') return void response.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
    const isXml = /^(DescribeStacks|ListSubscriptions)/.test(operation);
    if (!isRefusal(answer)) {
      const status = operation === 'Invoke' ? 202 : 200;
      return void response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(answer));
    }
    const { status, code, message } = answer;
    response.writeHead(status, { 'content-type': isXml ? 'text/xml' : 'application/json', 'x-amzn-errortype': code });
    response.end(
      isXml
        ? `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
        : JSON.stringify({ __type: code, message }),
    );
  });
  onTestFinished(close);
  useOnly(url);
  return aws;
}

function useOnly(url: string): void {
  const settings = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_PROFILE: undefined,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** The three protocols: a target and JSON, a form, and paths. */
function readRequest(path: string, target: string | string[] | undefined, body: string) {
  if (typeof target === 'string') return { operation: target.split('.')[1] ?? '', input: JSON.parse(body) };
  if (path.includes('/account-settings')) return { operation: 'GetAccountSettings', input: {} };
  const [, FunctionName = '', action] = /\/functions\/([^/]+)\/(configuration|invocations)/.exec(path) ?? [];
  if (action)
    return { operation: action === 'invocations' ? 'Invoke' : 'GetFunctionConfiguration', input: { FunctionName } };
  const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(body));
  return { operation: Action, input };
}
