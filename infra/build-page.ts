import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtPage } from './page-build.ts';

/** `node infra/build-page.ts FOLDER` writes the console's page beside a bundle. CDK calls it when it bundles. */
const [, , folder = '.'] = process.argv;
await writeFile(join(folder, 'page.json'), JSON.stringify(await builtPage()));
