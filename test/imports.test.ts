import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const handlers = [
  'receive-webhook',
  'sync-events',
  'query-events',
  'republish-event',
  'publish-events',
  'start-jobs',
  'run-jobs',
  'query-deliveries',
  'watch-ledger',
  'notify-people',
  'show-console',
];
const shared = ['porting', 'ledger', 'telnyx', 'bus', 'http', 'lambda'];

/** The folders of `functions/` that the files of a folder may import besides their own (functions/README.md). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  porting: [],
  lambda: ['porting'],
  ledger: ['porting'],
  telnyx: ['porting'],
  bus: [],
  http: ['porting', 'lambda'],
  health: ['porting', 'ledger'],
  republishing: ['porting', 'ledger', 'telnyx', 'lambda'],
  ...Object.fromEntries(handlers.map((handler) => [handler, shared])),
  'query-events': [...shared, 'health'],
  'watch-ledger': [...shared, 'health'],
  'republish-event': [...shared, 'republishing'],
  'run-jobs': [...shared, 'republishing'],
  'show-console': [...shared, 'health', 'query-events', 'query-deliveries', 'start-jobs'],
};

interface Import {
  /** Paths from the top of the repository. */
  readonly from: string;
  /** A path from the top of the repository, or the name of a package. */
  readonly to: string;
  readonly isOurs: boolean;
  readonly names: string;
}

const STATEMENT =
  /^\s*(?:import|export)\b(?<names>[^;'"]*?)\bfrom\s*['"](?<module>[^'"]+)['"]|^\s*import\s*['"](?<bare>[^'"]+)['"]/gm;
const CALL = /(?:\bimport|\brequire)\s*\(\s*['"](?<called>[^'"]+)['"]/g;

function importsIn(from: string, source: string): Import[] {
  return [...source.matchAll(STATEMENT), ...source.matchAll(CALL)].map(({ groups = {} }) => {
    const module = groups.module ?? groups.bare ?? groups.called ?? '';
    const isOurs = module.startsWith('.');
    const to = isOurs ? normalize(join(dirname(from), module)) : module;
    return { from, to, isOurs, names: groups.names ?? '' };
  });
}

function importsUnder(folder: string): Import[] {
  const files = globSync(`${folder}/**/*.{ts,tsx,cjs,mjs,js}`, { cwd: root });
  return files.flatMap((file) => importsIn(file, readFileSync(join(root, file), 'utf8')));
}

/** The rooms of the ledger, in order. A file may import from its own room and from earlier ones. */
const ROOMS = ['table', 'counts', 'events', 'orders', 'jobs', 'gaps', 'runs', 'rejections', 'notices', 'status'];

/** `functions/ledger/events/row.ts` is in `ledger`. */
const folderOf = (path: string) => path.split('/')[1] ?? '';
/** `functions/ledger/events/row.ts` is in `events`; `undefined` for a file outside the ledger. */
const roomOf = (path: string) => /^functions\/ledger\/(?:([^/]+)\/)?[^/]+$/.exec(path)?.[1];
const isFunction = ({ to }: Import) => to.startsWith('functions/');
const isInfrastructure = ({ to }: Import) => /^(infra|test)\//.test(to);
const isLedger = (path: string) => path.startsWith('functions/ledger/');
const shown = (imports: readonly Import[]) => imports.map(({ from, to }) => `${from} imports ${to}`);

/** The imports inside cycles: removes, repeatedly, files that import no other file or are imported by none. */
function cyclesIn(imports: readonly Import[]): string[] {
  let left = [...imports];
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const importing = new Set(left.map(({ from }) => from));
    const imported = new Set(left.map(({ to }) => to));
    left = left.filter(({ from, to }) => importing.has(to) && imported.has(from));
  }
  return shown(left);
}

const functions = importsUnder('functions');
const infra = importsUnder('infra');

test('every folder of functions/ has its rule, and every rule its folder', () => {
  const folders = new Set(globSync('functions/**/*.{ts,tsx}', { cwd: root }).map(folderOf));
  expect([...folders].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test('imports are found in every form', () => {
  const source = [
    "import { a } from './one.ts';",
    "import type { B } from '../other/two.ts';",
    "import three from 'three';",
    "import {\n  four,\n  type Four,\n} from 'four';",
    "import 'five';",
    "export { six } from './six.ts';",
    "export * from './seven.ts';",
    "const eight = await import('eight');",
    "const nine = require('nine');",
    "/** Not import x from 'ten', but a comment. */",
  ].join('\n');
  expect(importsIn('functions/ledger/x.ts', source).map(({ to }) => to)).toEqual([
    'functions/ledger/one.ts',
    'functions/other/two.ts',
    'three',
    'four',
    'five',
    'functions/ledger/six.ts',
    'functions/ledger/seven.ts',
    'eight',
    'nine',
  ]);
  expect(functions.length).toBeGreaterThan(50);
  expect(infra.length).toBeGreaterThan(50);
});

describe('functions/', () => {
  test.each(Object.keys(MAY_IMPORT))('%s imports only what it may', (folder) => {
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    const others = functions.filter(({ from }) => folderOf(from) === folder).filter(isFunction);
    expect(shown(others.filter(({ to }) => !allowed.includes(folderOf(to))))).toEqual([]);
  });

  test('no file imports infra/ or test/, or leaves functions/ at all', () => {
    expect(shown(functions.filter((one) => isInfrastructure(one) || (one.isOurs && !isFunction(one))))).toEqual([]);
  });

  test('porting is pure: it imports no package and no Node module', () => {
    const impure = functions.filter(({ from, isOurs }) => folderOf(from) === 'porting' && !isOurs);
    expect(shown(impure)).toEqual([]);
    const sources = globSync('functions/porting/*.ts', { cwd: root }).map((file) =>
      readFileSync(join(root, file), 'utf8'),
    );
    for (const source of sources)
      expect(source).not.toMatch(/\bprocess\.|\bDate\.now\(|new Date\(\)|Math\.random|\bfetch\(/);
  });

  test("only the ledger's table/ knows DynamoDB; handlers only construct its client", () => {
    const users = functions
      .filter(({ to }) => to === '@aws-sdk/client-dynamodb')
      .filter(({ from }) => roomOf(from) !== 'table');
    const constructing = ({ from, names }: Import) =>
      handlers.includes(folderOf(from)) && from.endsWith('/handler.ts') && names.trim() === '{ DynamoDBClient }';
    expect(shown(users.filter((user) => !constructing(user)))).toEqual([]);
  });

  test("only telnyx knows Telnyx's SDK", () => {
    const users = functions.filter(({ to }) => to === 'telnyx' || to.startsWith('telnyx/'));
    expect(users.length).toBeGreaterThan(0);
    expect(shown(users.filter(({ from }) => folderOf(from) !== 'telnyx'))).toEqual([]);
  });

  test.each([
    ['bus', 'eventbridge'],
    ['bus', 'sns'],
    ['watch-ledger', 'sqs'],
  ])('only %s knows the client of %s', (folder, client) => {
    const users = functions.filter(({ to }) => to === `@aws-sdk/client-${client}`);
    expect(users.length).toBeGreaterThan(0);
    expect(shown(users.filter(({ from }) => folderOf(from) !== folder))).toEqual([]);
  });

  test("the console's page takes only types of other rooms, code of those that are pure, and Preact", () => {
    const imports = functions.filter(({ from }) => from.startsWith('functions/show-console/page/'));
    expect(imports.length).toBeGreaterThan(50);
    const isFit = ({ to, isOurs, names }: Import) =>
      isOurs
        ? /^functions\/(porting|health|show-console\/page)\//.test(to) || /^\s*type\s/.test(names)
        : /^preact(\/hooks)?$/.test(to);
    expect(shown(imports.filter((one) => !isFit(one)))).toEqual([]);
  });

  test('health is pure: it imports only types of the ledger, and no package', () => {
    const imports = functions.filter(({ from }) => folderOf(from) === 'health');
    expect(imports.length).toBeGreaterThan(0);
    const isPure = ({ to, isOurs, names }: Import) => isOurs && (folderOf(to) !== 'ledger' || /^\s*type\s/.test(names));
    expect(shown(imports.filter((one) => !isPure(one)))).toEqual([]);
  });

  test('Node modules are imported with the prefix node:', () => {
    expect(shown(functions.filter(({ to }) => builtinModules.includes(to)))).toEqual([]);
  });

  test('every imported package is named in package.json, or only its types are imported', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const packages = [...functions, ...infra].filter(({ isOurs, to }) => !isOurs && !to.startsWith('node:'));
    const nameOf = (to: string) => /^(?:@[^/]+\/)?[^/]+/.exec(to)?.[0] ?? '';
    const missing = packages.filter(({ to, names }) => !(nameOf(to) in devDependencies) && !/^\s*type\s/.test(names));
    expect(shown(missing)).toEqual([]);
  });
});

test('no two exports in functions/ share a name, except what each function exports', () => {
  const EXPORT = /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;
  const names = globSync('functions/**/*.{ts,tsx}', { cwd: root }).flatMap((file) => [
    // Once for each file: overloads repeat a name.
    ...new Set([...readFileSync(join(root, file), 'utf8').matchAll(EXPORT)].map(([, name = '']) => name)),
  ]);
  const again = names.filter((name, index) => names.indexOf(name) !== index);
  expect(new Set(again)).toEqual(new Set(['handler', 'warmUp']));
});

describe('functions/ledger/', () => {
  test('every file is in a room', () => {
    const rooms = new Set(globSync('functions/ledger/**/*.ts', { cwd: root }).map(roomOf));
    expect([...rooms].sort()).toEqual([...ROOMS].sort());
  });

  test.each(ROOMS)('%s imports only itself and earlier rooms', (room) => {
    const allowed = ROOMS.slice(0, ROOMS.indexOf(room) + 1);
    const inside = functions.filter(({ from, to }) => isLedger(to) && roomOf(from) === room);
    expect(shown(inside.filter(({ to }) => !allowed.includes(roomOf(to) ?? '')))).toEqual([]);
  });

  test('there are no cycles of imports', () => {
    expect(cyclesIn(functions.filter(isFunction))).toEqual([]);
  });
});

describe('infra/', () => {
  test('imports only types and pure modules of functions/, and nothing of test/', () => {
    const isType = ({ names }: Import) => /^\s*type\s/.test(names);
    const isImpure = (one: Import) => isFunction(one) && folderOf(one.to) !== 'porting' && !isType(one);
    expect(shown(infra.filter((one) => isImpure(one) || one.to.startsWith('test/')))).toEqual([]);
  });

  test('service.ts, the shared description, imports nothing', () => {
    expect(shown(infra.filter(({ from }) => from === 'infra/service.ts'))).toEqual([]);
  });

  test('the two hosts do not import each other', () => {
    const across = infra.filter(
      ({ from, to }) =>
        (from.startsWith('infra/aws/') && to.startsWith('infra/local/')) ||
        (from.startsWith('infra/local/') && to.startsWith('infra/aws/')),
    );
    expect(shown(across)).toEqual([]);
  });
});
