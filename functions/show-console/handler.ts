import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerFile } from './answer-file.ts';
import type { BuiltPage } from './built-page.ts';

// Both hosts write it beside the bundle: infra/page-build.ts.
const page: BuiltPage = JSON.parse(readFileSync(join(import.meta.dirname, 'page.json'), 'utf8'));

/** The console's page and files, behind API Gateway (HTTP API, payload format 2.0). It reads no data and no secret. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return answerFile(page, event);
}
