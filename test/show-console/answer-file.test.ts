import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { answerFile } from '../../functions/show-console/answer-file.ts';
import { builtPage } from '../../infra/page-build.ts';

const page = await builtPage();
const get = (rawPath: string, encoding?: string) =>
  answerFile(page, { rawPath, headers: encoding === undefined ? {} : { 'accept-encoding': encoding } });
const bytesOf = ({ body = '' }: { body?: string | undefined }) => Buffer.from(body, 'base64');
const html = bytesOf(get('/')).toString();
const [script = '', style = ''] = ['js', 'css'].map((kind) => new RegExp(`/console/\\w+\\.${kind}`).exec(html)?.[0]);

/** Bytes that a browser loads, by kind of file, with gzip: browsers take brotli over HTTPS only. */
const loaded = Object.values(page.files).map(({ type, gzip }) => ({ type, bytes: bytesOf({ body: gzip }).length }));

test('the first load takes at most 40 KB, and its script at most 30', () => {
  const script = loaded.find(({ type }) => type.startsWith('text/javascript'));
  expect(script?.bytes).toBeLessThanOrEqual(30 * 1024);
  const all = bytesOf({ body: page.html.gzip }).length + loaded.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(all).toBeLessThanOrEqual(40 * 1024);
});

test('the same source gives the same bytes', async () => {
  expect(await builtPage()).toEqual(page);
});

describe('the page', () => {
  test('is never kept, and names files that are', () => {
    expect(get('/')).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    for (const path of html.match(/\/console\/[^"]+/g) ?? []) {
      expect(get(path)).toMatchObject({
        statusCode: 200,
        headers: { 'cache-control': 'public, max-age=31536000, immutable' },
      });
    }
    expect(html.match(/\/console\/[^"]+/g)).toHaveLength(3);
  });

  test('runs and styles nothing inline, and loads nothing from elsewhere', () => {
    expect(html).not.toMatch(/<script(?![^>]* src="\/console\/)|<style| style=| on\w+=|https?:/);
  });

  test.each(['/', script, style])('%s guards itself', (path) => {
    expect(get(path).headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });
});

describe('compression', () => {
  const plain = bytesOf(get(script)).toString();

  test.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, GZIP;q=0.5', 'gzip', gunzipSync],
  ] as const)('of a browser that accepts "%s" is %s', (accepted, encoding, decompress) => {
    const answer = get(script, accepted);
    expect(answer.headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
    expect(decompress(bytesOf(answer)).toString()).toBe(plain);
  });

  test.each([undefined, '', 'identity', 'gzip;q=0'])('is left out for %s', (accepted) => {
    const answer = get(style, accepted);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(bytesOf(answer).toString()).toContain('color-scheme');
  });
});

test.each([
  '/console/0123456789ab.js',
  '/console/toString',
  '/console/',
  '/console/a/b',
  '/index.html',
])('%s is not found, and is not kept', (path) => {
  const answer = get(path);
  expect(answer).toMatchObject({ statusCode: 404, headers: { 'cache-control': 'no-store' } });
  expect(JSON.parse(answer.body ?? '')).toMatchObject({ errors: [{ code: '10005' }] });
});
