import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** DynamoDB Local cannot be installed on this machine. The message is one line that says what is missing. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

const pom = join(import.meta.dirname, 'pom.xml');
const tools = resolve(import.meta.dirname, '../../.tools');

/**
 * The folder with DynamoDB Local and its dependencies, some 50 MB from Maven Central, fetched once.
 *
 * @throws {NotInstalled}
 */
export async function installedFolder(): Promise<string> {
  const version = /<dynamodb-local\.version>(.+?)</.exec(readFileSync(pom, 'utf8'))?.[1];
  const folder = join(tools, `dynamodb-local-${version}`);
  requireJava();
  if (existsSync(folder)) return folder;
  requireProgram('mvn', 'Maven');
  await mkdir(tools, { recursive: true });
  // A folder with this name is complete: an interrupted download keeps another name, and two installations do not mix.
  const unfinished = `${folder}.${process.pid}`;
  console.log(`Fetching DynamoDB Local ${version} from Maven Central into ${folder}`);
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`];
    execFileSync('mvn', ['-B', '-q', '-f', pom, ...goal], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    await rename(unfinished, folder);
  } catch (error) {
    if (existsSync(folder)) return folder;
    throw new NotInstalled(`Maven could not fetch DynamoDB Local: ${firstError(error)}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

function requireJava(): void {
  const { stderr } = requireProgram('javac', 'a JDK of Java 17 or later');
  requireProgram('java', 'a JDK of Java 17 or later');
  const major = Number(/javac (\d+)/.exec(stderr)?.[1] ?? Number.NaN);
  if (major < 17) throw new NotInstalled(`DynamoDB Local needs Java 17 or later; this is Java ${major}.`);
}

function requireProgram(name: string, what: string) {
  const { error, stdout, stderr } = spawnSync(name, ['-version'], { encoding: 'utf8' });
  if (error) throw new NotInstalled(`DynamoDB Local needs ${what}: ${name} is not on the PATH.`);
  return { stderr: stderr + stdout };
}

function firstError(error: unknown): string {
  const { stdout = '', message } = error as { stdout?: string; message: string };
  return (/^\[ERROR\] (.+)$/m.exec(stdout)?.[1] ?? message).slice(0, 300);
}
