import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const attributes = join(import.meta.dirname, '../.gitattributes');

test('a clone has line feeds even if Git is set to write CRLF, as on Windows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });

  git('init', '--quiet', 'origin');
  await copyFile(attributes, join(folder, 'origin/.gitattributes'));
  await writeFile(join(folder, 'origin/a.ts'), 'one\ntwo\n');
  await writeFile(join(folder, 'origin/a.bin'), Buffer.from([0, 13, 10, 10]));
  git('-C', 'origin', 'add', '.');
  git('-C', 'origin', 'commit', '--quiet', '--message', 'a');
  git('-c', 'core.autocrlf=true', 'clone', '--quiet', 'origin', 'clone');

  expect(await readFile(join(folder, 'clone/a.ts'), 'utf8')).toBe('one\ntwo\n');
  expect([...(await readFile(join(folder, 'clone/a.bin')))]).toEqual([0, 13, 10, 10]);
});
