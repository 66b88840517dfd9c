import { existsSync, writeFileSync } from 'node:fs';
import { buildFunctions } from '../../infra/build/functions.ts';
import { lastRelease, losses, RELEASED, type Released, thisRelease } from './released.ts';
import { refusedChanges } from './schema.ts';

/** `npm run record-release`, once for each release: records what it leaves in people's accounts. */
await buildFunctions();
const now = thisRelease();
const problems = existsSync(RELEASED) ? problemsWith(lastRelease()) : [];
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  writeFileSync(RELEASED, `${JSON.stringify(now, null, 2)}\n`);
  console.log(`recorded ${now.release} in ${RELEASED}`);
}

function problemsWith(before: Released): string[] {
  const isOut = before.release === now.release && JSON.stringify(before) !== JSON.stringify(now);
  if (isOut) return [`${now.release} is recorded, and differs: raise the version first, with "npm version".`];
  return [...losses(before, now), ...refusedChanges(before.tables, now.tables)];
}
