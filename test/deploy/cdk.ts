import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeMetricMath } from './metric-math.ts';
import { signalGroup } from './process-group.ts';

/** The stacks' outputs, by stack and name. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Settings = Readonly<Record<string, string>>;

/** The `cdk` command of this repository, run on its own app. */
export interface Cdk {
  bootstrap(settings: Settings): Promise<void>;
  deploy(settings: Settings): Promise<Outputs>;
  destroy(stack: string, settings: Settings): Promise<void>;
}

const repository = join(import.meta.dirname, '../..');

/**
 * @param environment the whole environment: nothing of the caller's, such as a profile, reaches the command
 * @param folder for the assembly and the outputs
 * @param signal ends a running command
 */
export function createCdk(environment: Readonly<Record<string, string>>, folder: string, signal: AbortSignal): Cdk {
  async function run(command: string, options: readonly string[], settings: Settings = {}): Promise<void> {
    signal.throwIfAborted();
    const context = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const output = ['--no-notices', '--ci'];
    const words = ['node_modules/aws-cdk/bin/cdk', command, ...options, ...context, ...output];
    const child = spawn(process.execPath, words, {
      cwd: repository,
      env: { ...environment, CDK_DISABLE_CLI_TELEMETRY: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // It starts the app and the bundler, which must end with it.
      detached: true,
    });
    const kill = () => signalGroup(child.pid, 'SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
    const [code] = await once(child, 'close');
    signal.removeEventListener('abort', kill);
    if (code !== 0) throw new Error(`cdk ${command} ended with ${code}:\n${Buffer.concat(printed)}`);
  }

  const assembly = join(folder, 'cdk.out');
  let synthesized = '';

  /**
   * Synthesizes once: each command would otherwise do so itself, with the same result while the settings are the same.
   */
  async function synth(settings: Settings): Promise<readonly string[]> {
    const told = JSON.stringify(settings);
    if (synthesized !== told) {
      await run('synth', ['--quiet', '--output', assembly], settings);
      await removeMetricMath(join(assembly, 'PortInLedger-Service.template.json'));
      synthesized = told;
    }
    return ['--app', assembly];
  }

  return {
    bootstrap: async (settings) => run('bootstrap', await synth(settings)),
    async deploy(settings) {
      const outputs = join(folder, 'outputs.json');
      const options = [...(await synth(settings)), '--all', '--require-approval', 'never', '--outputs-file', outputs];
      await run('deploy', options);
      return JSON.parse(await readFile(outputs, 'utf8')) as Outputs;
    },
    destroy: async (stack, settings) => run('destroy', [stack, '--force', ...(await synth(settings))]),
  };
}
