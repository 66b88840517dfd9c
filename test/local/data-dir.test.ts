import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CannotStart } from '../../infra/local/cannot-start.ts';
import { adviceOn, openDataDir, replaceFile } from '../../infra/local/data-dir.ts';
import { startEngine } from '../../infra/local/dynamodb.ts';
import { startSimulatedAccount } from '../../infra/local/simulated-account.ts';
import { engineData } from './engine-data.ts';
import { temporaryFolder } from './stub-functions.ts';

async function filesOf(path: string, pattern: RegExp): Promise<readonly string[]> {
  const names = (await readdir(path)).filter((name) => pattern.test(name));
  expect(names).not.toEqual([]);
  return names.map((name) => join(path, name));
}

describe('data that are damaged', () => {
  test.each<[string, (path: string) => Promise<unknown>]>([
    ['CURRENT is garbage', (path) => writeFile(join(path, 'CURRENT'), 'garbage\n')],
    ['CURRENT is missing, and LevelDB would start an empty database', (path) => rm(join(path, 'CURRENT'))],
    [
      'the manifest is garbage',
      async (path) => Promise.all((await filesOf(path, /^MANIFEST/)).map((file) => writeFile(file, 'x'.repeat(999)))),
    ],
    [
      'the manifest is missing',
      async (path) => Promise.all((await filesOf(path, /^MANIFEST/)).map((file) => rm(file))),
    ],
    ['a table is missing', async (path) => Promise.all((await filesOf(path, /\.ldb$/)).map((file) => rm(file)))],
  ])('%s: the message says what to do, and nothing is removed', async (_, damage) => {
    const path = await temporaryFolder();
    await engineData(path);
    await damage(path);
    const before = await readdir(path);
    const starting = startEngine({ path });
    await expect(starting).rejects.toThrow(CannotStart);
    await expect(starting).rejects.toThrow(
      new RegExp(
        `^The data in ${path} are damaged \\([^\\n]+\\): put a copy of this folder in its place, or remove it`,
      ),
    );
    expect(await readdir(path)).toEqual(expect.arrayContaining(before.filter((name) => !name.startsWith('LOG'))));
  });

  test.each([
    ['a list', '[]', 'it is not what npm start writes'],
    ['null', 'null', 'it is not what npm start writes'],
    ['events of another shape', '{"starts":1,"events":{}}', 'it is not what npm start writes'],
    ['an event without a time', '{"starts":1,"events":[{"id":"1"}]}', 'event 1 has no created_at'],
    ['no event', '{"starts":1,"events":[null]}', 'Cannot read properties of null'],
    ['half a file', '{"starts":', 'Unexpected end of JSON input'],
  ])('the simulated account is %s', async (_, text, reason) => {
    const path = join(await temporaryFolder(), 'simulator-1.json');
    await writeFile(path, text);
    const starting = startSimulatedAccount({ path, seed: 1, simulator: { apiKey: 'KEY0' } });
    await expect(starting).rejects.toThrow(CannotStart);
    await expect(starting).rejects.toThrow(`${path} cannot be read: ${reason}`);
    await expect(starting).rejects.toThrow(/\. Put a copy of it in its place, or remove DATA_DIR to start anew$/);
  });
});

describe('a folder', () => {
  test('is made, and left as it was', async () => {
    const path = join(await temporaryFolder(), 'a', 'b');
    await openDataDir(path);
    await openDataDir(path);
    expect(await readdir(path)).toEqual([]);
  });

  test('below a file cannot be used', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const opening = openDataDir(join(file, 'data'));
    await expect(opening).rejects.toThrow(CannotStart);
    await expect(opening).rejects.toThrow(
      /^DATA_DIR cannot be used: ENOTDIR.*\. Set it to a folder that can be written$/,
    );
  });

  test.runIf(process.platform === 'linux')('of a file system that takes none cannot be used', async () => {
    await expect(openDataDir('/proc/none/data')).rejects.toThrow(/^DATA_DIR cannot be used: ENOENT.*'\/proc\/none'/);
  });

  test.each([
    ['of the file system', { code: 'ENOSPC' }, 'write'],
    ['of LevelDB', { code: 'LEVEL_IO_ERROR' }, 'IO error: /data/000011.log: No space left on device'],
    ['of a quota', { code: 'EDQUOT' }, 'write'],
  ])('on a disk that is full, in the words %s', (_, code, message) => {
    const error = new Error('wrapped', { cause: Object.assign(new Error(message), code) });
    expect(adviceOn('/data', error)).toMatch(/^The disk of DATA_DIR is full: make room on it, or set DATA_DIR to /);
  });

  test('is not damaged when LevelDB may not write to it', () => {
    const error = Object.assign(new Error('IO error: /data/LOCK: Permission denied'), { code: 'LEVEL_IO_ERROR' });
    expect(adviceOn('/data', error)).toMatch(/^DATA_DIR cannot be used: .* Set it to a folder that can be written$/);
  });
});

test('a file that cannot be put in its place leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'taken', 'by a folder'), { recursive: true });
  await expect(replaceFile(join(folder, 'taken'), 'text')).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['taken']);
});
