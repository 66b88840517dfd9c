import type { Bundles } from './bundle.ts';
import { CannotStart } from './cannot-start.ts';
import { type Names, resolveEnvironment, type ServiceDescription } from './description.ts';
import { type FunctionRuntime, type RuntimeOptions, startRuntime } from './function-runtime.ts';
import { readableLine } from './lines.ts';

/**
 * For the function that receives webhooks, which come in bursts from the first second on. An environment that starts
 * while events wait takes processor time from those that answer.
 */
const WARM_FOR_WEBHOOKS = 4;

export interface HostingOptions extends Pick<RuntimeOptions, 'loadSeconds' | 'sleep'> {
  readonly functions: ServiceDescription['functions'];
  readonly webhook: ServiceDescription['webhook'];
  readonly bundles: Bundles;
  readonly names: Names;
  /** The SDK's own variables, with the addresses on this machine. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly colour: boolean;
}

/**
 * Starts a runtime for all functions, each loaded and warmed up, and shows what they write as lines.
 *
 * @throws {CannotStart} when one of them cannot be loaded
 */
export async function hostFunctions(options: HostingOptions): Promise<FunctionRuntime> {
  const { functions, webhook, bundles, names, endpoints, log, colour, ...limits } = options;
  const hosted = Object.entries(functions).map(([name, described]) => [
    name,
    {
      bundle: bundles.functions[name] ?? '',
      environment: { ...resolveEnvironment(described, names), ...endpoints },
      memoryMegabytes: described.memoryMegabytes,
      timeoutSeconds: described.timeoutSeconds,
      ...(name === webhook.function && { warmEnvironments: WARM_FOR_WEBHOOKS }),
    },
  ]);
  const show = (name: string, line: string): void => {
    const readable = readableLine(name, line, { colour });
    if (readable !== undefined) log(readable);
  };
  const runtime = startRuntime({
    ...limits,
    functions: Object.fromEntries(hosted),
    bootstrap: bundles.bootstrap,
    onOutput: (name, _stream, line) => show(name, line),
    onError: (name, { errorType, errorMessage }) => {
      const entry = { level: 'error', event: 'failed', type: errorType, message: errorMessage };
      show(name, JSON.stringify(entry));
    },
  });
  const [failed] = Object.entries(await runtime.warm());
  if (!failed) return runtime;
  await runtime.close(0);
  const [name, { errorMessage }] = failed;
  throw new CannotStart(`The function ${name} cannot be loaded: ${errorMessage.replaceAll(/\s+/g, ' ').trim()}`);
}
