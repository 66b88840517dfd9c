import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { Aws } from './aws.ts';
import type { Outputs } from './cdk.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** JSON where it is JSON, else text. */
  readonly body: unknown;
}

/** What an invocation of the sync function gave. `functionError` is set when it threw. */
export interface Invocation {
  readonly functionError: string | undefined;
  readonly result: { readonly status?: string; readonly error?: string; readonly from?: string } & Readonly<
    Record<string, unknown>
  >;
}

/** A deployed ledger, reached as its users reach it. */
export interface Ledger {
  readonly webhookUrl: string;
  readonly apiUrl: string;
  readonly syncFunction: string;
  readonly deadLettersUrl: string;
  readonly apiKeySecret: string;
  readonly tokensSecret: string;
  post(body: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  call(method: string, path: string, token?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  health(): Promise<Answer>;
  /** Invokes the sync function with exactly this text. */
  sync(payload: string): Promise<Invocation>;
  /** Invokes it with exactly this text, and does not wait: Lambda repeats what fails. */
  syncAsynchronously(payload: string): Promise<void>;
  /** The names of the tables, as the functions are told them. */
  tables(): Promise<readonly string[]>;
}

/** @param outputs of both stacks */
export function ledgerOf(aws: Aws, outputs: Outputs): Ledger {
  const output = (stack: string, name: string): string => {
    const value = outputs[`PortInLedger-${stack}`]?.[name];
    if (!value) throw new Error(`the stack PortInLedger-${stack} has no output ${name}: ${JSON.stringify(outputs)}`);
    return value;
  };
  const webhookUrl = output('Service', 'WebhookUrl');
  const apiUrl = output('Service', 'ApiUrl');
  const syncFunction = output('Service', 'SyncFunction');
  const functionPath = `/2015-03-31/functions/${syncFunction}`;

  return {
    webhookUrl,
    apiUrl,
    syncFunction,
    deadLettersUrl: output('Service', 'DeadLettersUrl'),
    apiKeySecret: output('Data', 'TelnyxApiKeySecret'),
    tokensSecret: output('Data', 'ApiTokensSecret'),
    post: (body, headers) => send(aws.endpoint, 'POST', webhookUrl, headers, body),
    call: (method, path, token, headers = {}) =>
      send(aws.endpoint, method, apiUrl + path, { ...headers, ...(token && { authorization: `Bearer ${token}` }) }),
    async health() {
      // MiniStack answers /health itself, whatever the host; under this path it goes to the API.
      const id = new URL(apiUrl).hostname.split('.')[0];
      return send(aws.endpoint, 'GET', `${aws.endpoint.origin}/_aws/execute-api/${id}/$default/health`, {});
    },
    async sync(payload) {
      const { headers, body } = await aws.rest('lambda', 'POST', `${functionPath}/invocations`, JSON.parse(payload));
      const functionError = headers.get('x-amz-function-error') ?? undefined;
      return { functionError, result: body as Invocation['result'] };
    },
    async syncAsynchronously(payload) {
      const type = { 'x-amz-invocation-type': 'Event' };
      await aws.rest('lambda', 'POST', `${functionPath}/invocations`, JSON.parse(payload), type);
    },
    async tables() {
      const { body } = await aws.rest('lambda', 'GET', `${functionPath}/configuration`);
      const { Variables } = (body as { Environment: { Variables: Record<string, string> } }).Environment;
      return [Variables.EVENTS_TABLE ?? '', Variables.CONTROL_TABLE ?? ''];
    },
  };
}

/** Sends a request for a deployed URL to the emulator, which goes by the Host header. */
function send(
  endpoint: URL,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Answer> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = {
      host: endpoint.hostname,
      port: endpoint.port,
      servername: 'localhost',
      method,
      path: pathname + search,
      headers: { ...headers, host },
    };
    const outgoing = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer;
        resolve({ status, headers, body: parsed(Buffer.concat(chunks).toString()) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
