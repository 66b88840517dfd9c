// CommonJS, so that a Node which cannot read TypeScript still runs it: node --require ./infra/local/node-version.cjs …
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { devDependencies } = require('../../package.json');

const needed = 24;
const installed = join(__dirname, '../../node_modules');
const missing = Object.keys(devDependencies).filter((name) => !existsSync(join(installed, name)));

function problem() {
  if (missing.length > 0) {
    return `port-in-ledger lacks ${missing.length} of its packages, such as ${missing[0]}: run "npm ci --include=dev"`;
  }
  const { node } = process.versions;
  if (Number(node.split('.')[0]) >= needed) return undefined;
  if (!existsSync(join(installed, '.bin/node'))) {
    return `port-in-ledger needs Node ${needed}, this is ${node}, and its own is not installed: run "npm ci" without --ignore-scripts`;
  }
  return `port-in-ledger needs Node ${needed} and this is ${node}: start it with "npm start" after "npm ci", which installs one beside it`;
}

const line = problem();
if (line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
