// CommonJS, so that a Node which cannot read TypeScript still runs it: node --require ./infra/local/node-version.cjs …
const needed = 24;
if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(
    `port-in-ledger needs Node ${needed} and this is ${process.versions.node}: start it with "npm start" after "npm ci", which installs one beside it\n`,
  );
  process.exit(1);
}
