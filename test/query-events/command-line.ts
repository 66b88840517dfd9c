import { expect, onTestFinished } from 'vitest';
import { readJson } from '../../functions/porting/json.ts';
import { serve } from '../../infra/local/loopback-server.ts';
import { begin, type Running } from '../cli/run.ts';
import { type Reader, readToken } from './reader.ts';

/** The command line, over real HTTP to the function. */
export interface CommandLine {
  readonly begin: (...args: readonly string[]) => Running;
  /** What a command prints for people; it must end well. */
  readonly words: (...args: readonly string[]) => Promise<string>;
  /** What it prints with --json, without the white space between the tokens. */
  readonly json: (...args: readonly string[]) => Promise<string>;
  /** What was asked for, and how it was answered: `/v2/orders 200`. */
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
