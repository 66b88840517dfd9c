/** The emulator's AWS operations that the service's own AWS SDKs do not cover. */
export interface Aws {
  readonly endpoint: URL;
  readonly region: string;
  /** Calls a service that names its operation in `X-Amz-Target`, such as `Logs_20140328.FilterLogEvents`. */
  target(service: string, operation: string, input: object): Promise<unknown>;
  /** Calls a service that takes its operation as a form and answers in XML. */
  query(service: string, input: Readonly<Record<string, string>>): Promise<string>;
  /** Calls a service that has paths. */
  rest(
    service: string,
    method: string,
    path: string,
    input?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ headers: Headers; body: unknown }>;
}

const versions: Readonly<Record<string, string>> = {
  iam: '2010-05-08',
  cloudformation: '2010-05-15',
  sns: '2010-03-31',
};

/** MiniStack reads the caller and the service from this header. It does not check the signature. */
function authorization(service: string, region: string): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const credential = `test/${day}/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
}

export function createAws(endpoint: URL, region: string): Aws {
  async function call(
    service: string,
    method: string,
    path: string,
    more: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<{ headers: Headers; text: string }> {
    const headers = { authorization: authorization(service, region), ...more };
    const answer = await fetch(new URL(path, endpoint), { method, headers, ...(body !== undefined && { body }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service} ${more['x-amz-target'] ?? path}: ${answer.status} ${text}`);
    return { headers: answer.headers, text };
  }

  return {
    endpoint,
    region,
    async target(service, operation, input) {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation };
      return JSON.parse((await call(service, 'POST', '/', headers, JSON.stringify(input))).text);
    },
    async query(service, input) {
      const form = new URLSearchParams({ Version: versions[service] ?? '', ...input });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return (await call(service, 'POST', '/', headers, String(form))).text;
    },
    async rest(service, method, path, input, more) {
      const body = input === undefined ? undefined : JSON.stringify(input);
      const { headers, text } = await call(
        service,
        method,
        path,
        { 'content-type': 'application/json', ...more },
        body,
      );
      return { headers, body: text === '' ? undefined : JSON.parse(text) };
    },
  };
}
