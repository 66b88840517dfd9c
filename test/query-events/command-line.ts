import { expect, onTestFinished } from 'vitest';
import { readJson } from '../../functions/porting/json.ts';
import { serve } from '../../infra/local/loopback-server.ts';
import { begin, type Running } from '../cli/run.ts';
import { type Reader, readToken } from './reader.ts';

/** The command line, connected to the function over real HTTP. */
export interface CommandLine {
  readonly begin: (...args: readonly string[]) => Running;
  /** What a command prints for people. The command must succeed. */
  readonly words: (...args: readonly string[]) => Promise<string>;
  /** What a command prints with --json, without white space between tokens. */
  readonly json: (...args: readonly string[]) => Promise<string>;
  /** The requests and the status of their answers: `/v2/orders 200`. */
  readonly asked: string[];
}

export async function commandLineOf({ get }: Pick<Reader, 'get'>): Promise<CommandLine> {
  const asked: string[] = [];
  const api = await serve(async ({ url = '/' }, response) => {
    const answer = await get(url);
    asked.push(`${decodeURIComponent(url)} ${answer.status}`);
    response.writeHead(answer.status, answer.headers).end(answer.text);
  });
  onTestFinished(() => api.close());
  const start = (...args: readonly string[]) => begin(args, { LEDGER_URL: api.url, LEDGER_TOKEN: readToken });
  const words = async (...args: readonly string[]) => {
    const ran = await start(...args).ended;
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return ran.stdout;
  };
  const json = async (...args: readonly string[]) => JSON.stringify(readJson(await words(...args, '--json')));
  return { begin: start, words, json, asked };
}
