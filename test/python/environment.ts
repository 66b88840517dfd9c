import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const tools = join(import.meta.dirname, '../../.tools');

/** Something that has to be on the machine is not. The message is one line that says what. */
class Missing extends Error {}

/**
 * A Python with these packages: a virtual environment of its own in the git-ignored `.tools`. The first call makes it;
 * later calls reuse it. A command calls this before anything else: without Python or a package, it prints one line that
 * says what is missing, and ends the process with 1.
 *
 * @param packages exact versions, such as `ministack==1.5.33`
 * @returns the folder with `python` and the packages' commands
 */
export async function ensurePython(packages: readonly string[]): Promise<string> {
  const name = createHash('sha256').update(packages.toSorted().join('\n')).digest('hex').slice(0, 12);
  const folder = join(tools, `python-${name}`);
  const bin = join(folder, 'bin');
  const finished = join(folder, 'finished');
  try {
    // Another Python on the machine, or none any more, breaks an environment that was made with the old one.
    if (existsSync(finished) && (await works(join(bin, 'python')))) return bin;
    await make(folder, packages);
    await writeFile(finished, `${packages.join('\n')}\n`);
    return bin;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!(error instanceof Missing)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function make(folder: string, packages: readonly string[]): Promise<void> {
  if (!(await works('python3'))) throw new Missing('python3 is missing: install Python 3.10 or later');
  await mkdir(tools, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder]).catch((error: unknown) => {
    throw new Missing(
      `python3 has no venv: install it (Debian and Ubuntu: apt-get install python3-venv). ${lastLine(error)}`,
    );
  });
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', ...packages];
  await run(join(folder, 'bin/python'), pip).catch((error: unknown) => {
    throw new Missing(`pip cannot install ${packages.join(' ')}: ${lastLine(error)}`);
  });
}

async function works(python: string): Promise<boolean> {
  return run(python, ['-c', '']).then(
    () => true,
    () => false,
  );
}

/** What a failed program said last, which is where Python's programs say why. */
function lastLine(error: unknown): string {
  const { stderr, stdout, message } = error as Error & { stdout?: string; stderr?: string };
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? message).trim();
}
