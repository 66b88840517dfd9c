import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installedFolder, NotInstalled } from './install.ts';

/** AWS's own engine on this machine, in a process of its own. */
export interface DynamodbLocal {
  readonly endpoint: string;
  end(): Promise<void>;
}

const server = join(import.meta.dirname, 'LoopbackServer.java');

/**
 * Starts DynamoDB Local on a free port of this machine, with its data in memory and without telemetry.
 *
 * @param heap of the Java process, in MB, without SQLite's memory, which holds the rows
 * @throws {NotInstalled}
 */
export async function startDynamodbLocal({ heap = 512 }: { heap?: number } = {}): Promise<DynamodbLocal> {
  const folder = await installedFolder();
  // A third more writes a second than with the default collector, on two cores.
  const java = [
    `-Xmx${heap}m`,
    '-XX:+UseParallelGC',
    `-Djava.library.path=${folder}`,
    '-cp',
    join(folder, '*'),
    server,
  ];
  const child = spawn('java', [...java, '-inMemory', '-sharedDb', '-disableTelemetry'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  // It ends when its standard input closes. It may have ended already, which is no error.
  child.stdin.on('error', () => {});

  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^listening on port (\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return {
      endpoint: `http://127.0.0.1:${port}`,
      async end() {
        child.stdin.end();
        await ended;
      },
    };
  }
  throw new NotInstalled(`DynamoDB Local does not start: ${said.trim().split('\n').at(-1)}`);
}
