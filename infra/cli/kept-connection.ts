import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject } from '../../functions/porting/event.ts';
import { readAddress, readToken } from '../../functions/porting/settings.ts';
import { EXIT, Failure } from './failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A ledger and a token for it, as `ledger login` keeps them for later commands. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** Only its owner may read it: it holds a token. */
const MODE = 0o600;

/** Where it is kept, by the XDG specification; `undefined` without a home. */
export function connectionPath({ XDG_CONFIG_HOME, HOME }: Environment): string | undefined {
  const folder = XDG_CONFIG_HOME || (HOME && join(HOME, '.config'));
  return folder ? join(folder, 'port-in-ledger', 'connection.json') : undefined;
}

/**
 * The kept connection, if there is one.
 *
 * @throws {Failure} when the file holds anything else; the message does not show what
 */
export function readConnection(environment: Environment): Connection | undefined {
  const path = connectionPath(environment);
  if (path === undefined) return undefined;
  try {
    const held: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { url, token } = isObject(held) ? held : {};
    return { url: readAddress(String(url)), token: readToken(String(token)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(EXIT.usage, `${path} cannot be read as a connection: log in again, or remove the file`);
  }
}

/**
 * Keeps a connection in place of any other.
 *
 * @returns the path of the file
 * @throws {Failure} when it cannot be written
 */
export function keepConnection(environment: Environment, { url, token }: Connection): string {
  const path = connectionPath(environment);
  if (path === undefined) throw new Failure(EXIT.bad, 'There is no folder to keep the connection in: set HOME');
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(unfinished, `${JSON.stringify({ url, token })}\n`, { mode: MODE });
    // A file that an earlier process left unfinished keeps its own mode.
    chmodSync(unfinished, MODE);
    renameSync(unfinished, path);
    return path;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new Failure(EXIT.bad, `The connection cannot be kept: ${(error as Error).message}`);
  }
}

/** @returns whether there was one */
export function forgetConnection(environment: Environment): boolean {
  const path = connectionPath(environment);
  if (path === undefined) return false;
  try {
    rmSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Failure(EXIT.bad, `${path} cannot be removed: ${(error as Error).message}`);
  }
}
