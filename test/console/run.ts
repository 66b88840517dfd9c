import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { findChromium, NoChromium } from './chromium.ts';

/** `npm run test:console`: the console in a browser. Arguments go to vitest. */
const root = resolve(import.meta.dirname, '../..');

try {
  findChromium(process.env);
  const vitest = spawn(
    process.execPath,
    [
      ...[resolve(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root],
      ...['--config', resolve(import.meta.dirname, 'vitest.config.ts'), ...process.argv.slice(2)],
    ],
    { cwd: root, stdio: 'inherit' },
  );
  const [code] = await once(vitest, 'exit');
  process.exitCode = code ?? 1;
} catch (error) {
  if (!(error instanceof NoChromium)) throw error;
  console.error(`npm run test:console: ${error.message}`);
  process.exitCode = 1;
}
