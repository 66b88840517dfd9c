import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../functions/porting/event.ts';
import { isToken } from '../../functions/porting/settings.ts';
import { cannotUse, replaceFile } from './data-dir.ts';

/** One token of each kind. */
export interface LocalTokens {
  readonly read: string;
  readonly operate: string;
}

/** The file in DATA_DIR. Only its owner may read it. */
const FILE = 'tokens.json';

/**
 * The tokens of this ledger: those that were given, and for the others those that the first start with this DATA_DIR
 * generated. So a script, and a page in a browser, work again after a restart.
 *
 * @throws {CannotStart} when the file cannot be written
 */
export async function keptTokens(dataDir: string, given: Partial<LocalTokens>): Promise<LocalTokens> {
  if (given.read !== undefined && given.operate !== undefined) return { read: given.read, operate: given.operate };
  const path = join(dataDir, FILE);
  const kept = await readKept(path);
  const read = given.read ?? otherThan(given.operate, kept.read);
  const operate = given.operate ?? otherThan(read, kept.operate);
  const file = {
    read: given.read === undefined ? read : kept.read,
    operate: given.operate === undefined ? operate : kept.operate,
  };
  if (file.read !== kept.read || file.operate !== kept.operate) {
    await replaceFile(path, `${JSON.stringify(file)}\n`, 0o600).catch((error: unknown) => {
      throw cannotUse(dataDir, error);
    });
  }
  return { read, operate };
}

/** A file that is missing, or holds anything else, has no tokens. */
async function readKept(path: string): Promise<Partial<LocalTokens>> {
  try {
    const held: unknown = JSON.parse(await readFile(path, 'utf8'));
    const { read, operate } = isObject(held) ? held : {};
    return { ...(isToken(read) && { read }), ...(isToken(operate) && { operate }) };
  } catch {
    return {};
  }
}

/** A token of both kinds would permit everything. */
function otherThan(other: string | undefined, kept: string | undefined): string {
  return kept !== undefined && kept !== other ? kept : randomBytes(24).toString('base64url');
}
