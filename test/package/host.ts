import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const CDK = ['aws-cdk-lib', 'constructs'] as const;
/** Those and what they depend on, as package-lock.json has them. */
const OF_CDK = /^node_modules\/(?:aws-cdk-lib|constructs|@aws-cdk)(?:\/|$)/;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

const readJson = <Content>(path: string): Content => JSON.parse(readFileSync(path, 'utf8'));

/** The code of the first fence of a language in a document. */
export function codeIn(document: string, language: string): string {
  const text = readFileSync(join(repository, document), 'utf8');
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
}

/** Packs the repository into a folder, as `npm pack` does after `npm ci`. Returns the tarball's path. */
export function pack(folder: string): string {
  npm(repository, 'pack', '--pack-destination', folder);
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  return join(folder, tarball);
}

/**
 * Installs the tarball into an app that has CDK and nothing else. npm takes all of it from its cache, which `npm ci`
 * filled, or else from the registry.
 *
 * @returns what npm has installed for the tarball's sake, besides CDK
 */
export function installInto(host: string, tarball: string): string[] {
  const locked = readJson<Lock>(join(repository, 'package-lock.json')).packages;
  const cdk = Object.entries(locked).filter(([path]) => OF_CDK.test(path));
  const dependencies = Object.fromEntries(CDK.map((name) => [name, locked[`node_modules/${name}`]?.version]));
  const root = { name: 'host', version: '1.0.0', type: 'module', dependencies };
  mkdirSync(host);
  writeFileSync(join(host, 'package.json'), JSON.stringify(root));
  const packages = { '': root, ...Object.fromEntries(cdk) };
  writeFileSync(join(host, 'package-lock.json'), JSON.stringify({ ...root, lockfileVersion: 3, packages }));
  npm(host, 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);
  const now = readJson<Lock>(join(host, 'package-lock.json')).packages;
  return Object.keys(now).filter((path) => path !== '' && !OF_CDK.test(path));
}

/** An app with the repository's own construct and CDK in place of the installed ones. */
export function linkInto(host: string): void {
  const ours = join(dirname(host), 'ours');
  mkdirSync(ours);
  writeFileSync(join(ours, 'package.json'), JSON.stringify({ type: 'module', exports: './index.ts' }));
  writeFileSync(join(ours, 'index.ts'), `export * from ${JSON.stringify(join(repository, 'infra/aws/index.ts'))};\n`);
  mkdirSync(join(host, 'node_modules'), { recursive: true });
  writeFileSync(join(host, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const name of CDK) symlinkSync(join(repository, 'node_modules', name), join(host, 'node_modules', name));
  symlinkSync(ours, join(host, 'node_modules/port-in-ledger'));
}

/** A process in the app's folder, with this Node and the app's own commands on its path, and nothing of ours. */
export async function run(host: string, command: string, args: readonly string[], environment = {}) {
  const PATH = [dirname(process.execPath), join(host, 'node_modules/.bin'), '/usr/bin', '/bin'].join(delimiter);
  const child = spawn(command, args, { cwd: host, env: { PATH, HOME: host, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}

/** Everything in an app's assembly that is deployed: templates and code, by file. */
export function deployedIn(assembly: string): Record<string, string> {
  const files = readdirSync(assembly, { recursive: true, encoding: 'utf8' });
  const deployed = files.filter((path) => path.endsWith('.template.json') || /asset\.\w+\/[^/]+$/.test(path));
  return Object.fromEntries(deployed.sort().map((path) => [path, readFileSync(join(assembly, path), 'utf8')]));
}

function npm(folder: string, ...args: readonly string[]): void {
  // An npm that runs these tests tells its children, among other things, which folder is the project.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  execFileSync('npm', args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
}
