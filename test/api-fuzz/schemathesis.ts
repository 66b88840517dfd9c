import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An exact version, so that one seed always means the same cases; Hypothesis makes them. */
export const packages = ['schemathesis==4.32.5', 'hypothesis==6.170.15'];

const CONFIGURATION = join(import.meta.dirname, 'schemathesis.toml');
const LONGEST_MS = 300_000;

/**
 * API Gateway answers 404 to a method that a path does not have. The check wants 405, which no function could give
 * there.
 */
const NEVER = ['unsupported_method'];

export interface Fuzzing {
  readonly bin: string;
  /** Path of the API's description. */
  readonly description: string;
  readonly url: string;
  readonly token: string;
  readonly seed: number;
  /** The most cases of each kind for an operation. */
  readonly cases: number;
  /** A folder for the report. */
  readonly folder: string;
  /** Only this operation. */
  readonly operationId?: string;
  /** Checks of Schemathesis that cannot pass here. */
  readonly except?: readonly string[];
}

export interface Outcome {
  readonly cases: number;
  readonly seconds: number;
  /** How many valid requests each operation answered with success. */
  readonly accepted: Readonly<Record<string, number>>;
}

interface Report {
  readonly complete: boolean;
  readonly running_time: number;
  readonly operations: { readonly selected: number; readonly tested: number };
  readonly test_cases: { readonly generated: number; readonly errored: number; readonly unique_failures: number };
  readonly valid_rates: Readonly<Record<string, Readonly<Record<string, { readonly accepted: number }>>>>;
}

/**
 * Sends valid and invalid cases of a description, and checks every answer: no 5xx; no status, header or body that
 * is not described; nothing invalid accepted; nothing valid refused; no way around the token.
 *
 * @throws with what Schemathesis found, and how to repeat it
 */
export async function fuzz({
  bin,
  description,
  url,
  token,
  seed,
  cases,
  folder,
  operationId,
  except = [],
}: Fuzzing): Promise<Outcome> {
  const report = join(folder, `report-${Date.now()}.json`);
  const run = ['run', description, '--url', url, '--seed', String(seed)];
  const extent = ['--max-examples', String(cases), '--report', 'json', '--report-json-path', report];
  const checks = ['--checks', 'all', '--exclude-checks', [...NEVER, ...except].join(',')];
  // One operation has no link to follow, and a phase without cases counts as an error.
  const only =
    operationId === undefined ? [] : ['--include-operation-id', operationId, '--phases', 'examples,coverage,fuzzing'];
  const command = ['--config-file', CONFIGURATION, '--no-color', ...run, ...extent, ...checks, ...only];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  execFile(
    join(bin, 'schemathesis'),
    command,
    {
      cwd: folder,
      env: { ...process.env, API_OPERATE_TOKEN: token },
      timeout: LONGEST_MS,
      maxBuffer: 64 * 1024 * 1024,
    },
    (error, stdout, stderr) =>
      error ? reject(new Error(`${stdout}${stderr}${error.killed ? 'It took too long.' : ''}`)) : resolve(),
  );
  await promise;

  const { complete, running_time, operations, test_cases, valid_rates }: Report = JSON.parse(
    await readFile(report, 'utf8'),
  );
  const failed = test_cases.unique_failures + test_cases.errored;
  if (!complete || failed > 0 || operations.tested !== operations.selected) {
    throw new Error(`Schemathesis has not finished: ${JSON.stringify({ complete, operations, test_cases })}`);
  }
  const accepted = Object.entries(valid_rates).map(([operation, phases]) => [
    operation,
    Object.values(phases).reduce((sum, phase) => sum + phase.accepted, 0),
  ]);
  return { cases: test_cases.generated, seconds: running_time, accepted: Object.fromEntries(accepted) };
}
