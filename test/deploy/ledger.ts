import { constructId } from '../../infra/aws/names.ts';
import {
  type EnvironmentValue,
  type FunctionName,
  functions,
  type ServiceFunction,
  type TableName,
} from '../../infra/service.ts';
import type { Aws } from './aws.ts';
import type { Outputs } from './cdk.ts';
import { type Answer, send } from './request.ts';

/** The result of an invocation. `functionError` is set when the function threw. */
export interface Invocation {
  readonly functionError: string | undefined;
  readonly result: { readonly status?: string; readonly error?: string; readonly from?: string } & Readonly<
    Record<string, unknown>
  >;
}

/** The parts of a request besides its token. */
export interface More {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** A deployed ledger, reached as its users reach it. */
export interface Ledger {
  readonly webhookUrl: string;
  readonly apiUrl: string;
  readonly busName: string;
  readonly deadLettersUrl: string;
  readonly failedBatchesUrl: string;
  readonly alarmTopic: string;
  readonly apiKeySecret: string;
  readonly tokensSecret: string;
  /** Only with a channel of notices. */
  readonly noticeTopic: string | undefined;
  readonly chatSecret: string | undefined;
  /** The functions' names as deployed. */
  readonly functions: Readonly<Record<FunctionName, string>>;
  /** The tables' names, as the functions' environment has them. */
  readonly tables: Readonly<Record<TableName, string>>;
  post(body: string | Uint8Array, headers: Readonly<Record<string, string>>): Promise<Answer>;
  call(method: string, path: string, token?: string, more?: More): Promise<Answer>;
  health(): Promise<Answer>;
  /** Invokes a function with exactly this text. */
  invoke(name: FunctionName, payload: string): Promise<Invocation>;
  /** Invokes it with exactly this text and does not wait: Lambda repeats a failed invocation. */
  invokeAsynchronously(name: FunctionName, payload: string): Promise<void>;
}

/** @param outputs of both stacks */
export async function ledgerOf(aws: Aws, outputs: Outputs): Promise<Ledger> {
  const output = (stack: string, name: string): string => {
    const value = outputs[`PortInLedger-${stack}`]?.[name];
    if (!value) throw new Error(`the stack PortInLedger-${stack} has no output ${name}: ${JSON.stringify(outputs)}`);
    return value;
  };
  const webhookUrl = output('Service', 'WebhookUrl');
  const apiUrl = output('Service', 'ApiUrl');
  const deployed = await deployedFunctions(aws);
  const invocations = (name: FunctionName) => `/2015-03-31/functions/${deployed[name].FunctionName}/invocations`;

  return {
    webhookUrl,
    apiUrl,
    busName: output('Data', 'BusName'),
    deadLettersUrl: output('Service', 'DeadLettersUrl'),
    failedBatchesUrl: output('Service', 'FailedBatchesUrl'),
    alarmTopic: output('Service', 'AlarmTopic'),
    apiKeySecret: output('Data', 'TelnyxApiKeySecret'),
    tokensSecret: output('Data', 'ApiTokensSecret'),
    noticeTopic: outputs['PortInLedger-Service']?.NoticeTopic,
    chatSecret: outputs['PortInLedger-Data']?.ChatWebhooksSecret,
    functions: mapped(deployed, ({ FunctionName }) => FunctionName),
    tables: tablesOf(deployed),
    post: (body, headers) => send(aws.endpoint, 'POST', webhookUrl, headers, body),
    call(method, path, token, { headers = {}, body } = {}) {
      const all = { ...headers, ...(token && { authorization: `Bearer ${token}` }) };
      return send(aws.endpoint, method, apiUrl + path, all, body === undefined ? undefined : JSON.stringify(body));
    },
    async health() {
      // MiniStack answers /health itself, whatever the host; under this path the request reaches the API.
      const id = new URL(apiUrl).hostname.split('.')[0];
      return send(aws.endpoint, 'GET', `${aws.endpoint.origin}/_aws/execute-api/${id}/$default/health`, {});
    },
    async invoke(name, payload) {
      const { headers, body } = await aws.rest('lambda', 'POST', invocations(name), JSON.parse(payload));
      const functionError = headers.get('x-amz-function-error') ?? undefined;
      return { functionError, result: body as Invocation['result'] };
    },
    async invokeAsynchronously(name, payload) {
      const type = { 'x-amz-invocation-type': 'Event' };
      await aws.rest('lambda', 'POST', invocations(name), JSON.parse(payload), type);
    },
  };
}

interface Deployed {
  readonly FunctionName: string;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
}

/** Every function of service.ts, as Lambda has it. */
async function deployedFunctions(aws: Aws): Promise<Readonly<Record<FunctionName, Deployed>>> {
  const { body } = await aws.rest('lambda', 'GET', '/2015-03-31/functions/');
  const all = (body as { Functions: Deployed[] }).Functions;
  return mapped(functions, (_, name) => {
    const found = all.find(({ FunctionName }) => FunctionName.startsWith(`PortInLedger-Service-${constructId(name)}`));
    if (!found) throw new Error(`${name} is not deployed: ${all.map(({ FunctionName }) => FunctionName)}`);
    return found;
  });
}

function tablesOf(deployed: Readonly<Record<FunctionName, Deployed>>): Ledger['tables'] {
  const told = Object.entries<ServiceFunction>(functions).flatMap(([name, { environment }]) =>
    Object.entries<EnvironmentValue>(environment).flatMap(([variable, value]) => {
      const tableName = deployed[name as FunctionName].Environment.Variables[variable];
      return 'table' in value && tableName ? [[value.table, tableName] as const] : [];
    }),
  );
  return Object.fromEntries(told) as Ledger['tables'];
}

function mapped<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  make: (value: From, name: Name) => To,
): Record<Name, To> {
  const entries = Object.entries<From>(record) as [Name, From][];
  return Object.fromEntries(entries.map(([name, value]) => [name, make(value, name)])) as Record<Name, To>;
}
