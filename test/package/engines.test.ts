import { readFile } from 'node:fs/promises';
import semver from 'semver';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const promised = packageJson.engines.node;

test.each([
  'README.md',
  'docs/deploy.md',
  'docs/construct.md',
])('%s promises the versions of Node in package.json', async (page) => {
  const oldest = promised.split(' || ').map((range) => semver.minVersion(range)?.version.replace(/(\.0)+$/, ''));
  expect((await readFile(page, 'utf8')).replaceAll('\n', ' ')).toContain(`Node ${oldest.join(', ')} or later`);
});

// Otherwise npm prints five lines for each package. One that is optional it leaves out, and says nothing.
test('every package that npm ci installs accepts all of them', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { engines?: { node?: string }; optional?: true }>;
  };
  const needing = Object.entries(packages).filter(([, { engines, optional }]) => engines?.node && !optional);
  expect(needing.length).toBeGreaterThan(50);
  const refusing = needing.filter(([, { engines }]) => !semver.subset(promised, engines?.node ?? '*'));
  expect(refusing.map(([path, { engines }]) => `${path} wants ${engines?.node}`)).toEqual([]);
});
