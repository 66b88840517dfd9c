import { report } from './budget.ts';
import { bundleLoad } from './bundle-load.ts';
import { firstSync } from './first-sync.ts';
import { webhookWork } from './webhook-work.ts';

/** Ratios to a baseline in the same run: unlike times, they hold on slow and fast machines alike. */
const parts = { bundle: bundleLoad, webhook: webhookWork, sync: firstSync };

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in parts));
if (unknown) {
  console.error(`There is no benchmark "${unknown}". There are: ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}

let allKept = true;
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const measured of await measure()) allKept = report(measured) && allKept;
}
process.exitCode = allKept ? 0 : 1;
