import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = globSync(['*.md', 'docs/*.md', 'functions/*.md']);
const read = (path: string) => readFileSync(path, 'utf8');
const withoutCode = (text: string) => text.replaceAll(/```[\s\S]*?```/g, '');

const headingsIn = (page: string) =>
  [...withoutCode(read(page)).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);

/** The anchors of a page's headings, as GitHub creates them. */
const anchorsIn = (page: string) =>
  headingsIn(page).map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('%s: its links have targets', (page) => {
  const links = [...withoutCode(read(page)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  for (const [link, path = '', anchor] of links) {
    const target = path === '' ? page : join(dirname(page), path);
    expect(globSync(target), link).toHaveLength(1);
    if (anchor !== undefined) expect(anchorsIn(target), link).toContain(anchor);
  }
});

test('each section that a comment cites exists', () => {
  const files = globSync('{functions,infra,test}/**/*.ts', { exclude: ['test/docs.test.ts'] });
  const cited = [...files, ...pages].flatMap((file) =>
    [...read(file).matchAll(/(docs\/\w+\.md)[\s*]+§([\d.]*\d)/g)].map(([, page = '', section]) => ({
      file,
      page,
      section,
    })),
  );
  expect(cited.length).toBeGreaterThan(20);
  for (const { file, page, section } of cited) {
    const numbers = headingsIn(page).map((title) => /^[\d.]*\d/.exec(title)?.[0]);
    expect(numbers, `${file} cites ${page} §${section}`).toContain(section);
  }
});

test('the map names every folder of functions/ and every room of the ledger', () => {
  const folders = globSync('functions/{*,ledger/*}/', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.length).toBeGreaterThan(20);
  const map = read('functions/README.md');
  for (const { name } of folders) expect(map).toContain(`\`${name}\``);
});
