import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../service.ts';

/** Where the functions' bundles are: infra/aws of the repository and dist/aws of the package are equally deep. */
const BUNDLES = join(import.meta.dirname, '../../dist/functions');

/** The bundled code of a function. */
export function codeOf(name: FunctionName): lambda.Code {
  const folder = join(BUNDLES, name);
  if (!existsSync(folder)) throw new Error(`${folder} is missing: build it with "npm run build"`);
  return lambda.Code.fromAsset(folder);
}
