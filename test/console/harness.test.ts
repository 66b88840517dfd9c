/** What the checks of a page find, on a small page with one thing wrong at a time. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { serve } from '../../infra/local/loopback-server.ts';
import { eventually } from '../eventually.ts';
import { axeViolations } from './accessibility.ts';
import { browser } from './browser.ts';
import { findChromium, NoChromium } from './chromium.ts';
import { type Answer, EVERY, openFront } from './front.ts';
import { tabThrough } from './keyboard.ts';
import { lightness, tooWide, uselessInPrint } from './layout.ts';
import { copiedBy, downloadBy } from './taken.ts';
import { type Provoked, type Watch, watch } from './watched-page.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface Site {
  readonly body?: string;
  readonly script?: string;
  readonly style?: string;
}

interface Opened extends Watch {
  readonly page: Page;
  readonly url: string;
}

/** Opens a page under the console's policy. `/missing` is answered with 404, and `/broken` not at all. */
async function open(
  { body = '', script = '', style = '' }: Site,
  { provoked = [], dark = false }: { readonly provoked?: Provoked; readonly dark?: boolean } = {},
): Promise<Opened> {
  const html =
    '<!doctype html><html lang="en"><head><title>A page</title><link rel="stylesheet" href="/style.css">' +
    `<script src="/script.js" defer></script></head><body>${body}</body></html>`;
  const files: Record<string, readonly [string, string]> = {
    '/': ['text/html', html],
    '/script.js': ['text/javascript', script],
    '/style.css': ['text/css', style],
  };
  const server = await serve(async (request, response) => {
    if (request.url === '/broken') return void response.destroy();
    const [type, text] = files[request.url ?? ''] ?? [];
    response.writeHead(type ? 200 : 404, { 'content-type': type ?? 'text/plain', 'content-security-policy': POLICY });
    response.end(text);
  });
  const context = await (await browser()).newContext({
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width: 390, height: 600 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  onTestFinished(async () => {
    await context.close();
    await server.close();
  });
  const page = await context.newPage();
  const watched = await watch(context, page, { origin: server.url, provoked });
  await page.goto(server.url);
  return { ...watched, page, url: server.url };
}

const GOOD = '<main><h1>Ports</h1><p>3 ports need you.</p><button>Copy</button></main>';
const READY = 'document.body.dataset.ready = "yes";';
const isReady = ({ page }: Opened) => page.waitForSelector('body[data-ready]', { state: 'attached' });

describe('a page that is watched', () => {
  test('has no fault if nothing is wrong', async () => {
    const opened = await open({ body: GOOD, script: READY });
    await isReady(opened);
    expect(opened.faults()).toEqual([]);
  });

  test.each([
    ['an error in the console', { script: 'console.error("a mistake");' }, /^console: a mistake/],
    ['an exception', { script: 'setTimeout(() => { throw new Error("a mistake"); });' }, /^exception: a mistake/],
    ['a rejected promise', { script: 'Promise.reject(new Error("a mistake"));' }, /^exception: a mistake/],
    [
      'a script in the page',
      { body: '<script>1</script>' },
      /^content security policy: script-src-elem forbids inline/,
    ],
    [
      'a style in the page',
      { body: '<p style="color: red">.</p>' },
      /^content security policy: style-src-attr forbids/,
    ],
    ['a file that is missing', { body: '<img alt="" src="/missing">' }, /^console: Failed to load .* 404/],
  ])('shows %s', async (_, site, fault) => {
    const { faults } = await open(site);
    await eventually(() => expect(faults()).toContainEqual(expect.stringMatching(fault)));
  });

  test('shows a request to another origin, even one that the policy allows', async () => {
    const other = createServer((_, response) => response.end());
    other.listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const { page, faults } = await open({ body: GOOD });
    // A page may be led elsewhere by a link; no policy forbids it.
    await page.evaluate((to) => location.assign(to), elsewhere);
    await eventually(() => expect(faults()).toContain(`request to ${elsewhere}`));
  });

  test('has no fault for an answer that the test provokes, and one if that never comes', async () => {
    const script = `fetch("/missing").then(() => fetch("/broken")).catch(() => {}).then(() => { ${READY} });`;
    const provoking = await open({ script }, { provoked: [404, 'cut'] });
    await isReady(provoking);
    await eventually(() => expect(provoking.faults()).toEqual([]));
    const { faults } = await open({ body: GOOD }, { provoked: [401] });
    expect(faults()).toEqual(['nothing was answered with 401']);
  });
});

describe('axe', () => {
  test('has nothing to say of a good page', async () => {
    const { page, faults } = await open({ body: GOOD });
    expect(await axeViolations(page)).toEqual([]);
    expect(faults()).toEqual([]);
  });

  test.each([
    ['a picture without a text', '<main><h1>Ports</h1><img src="/style.css"></main>', /^image-alt/],
    ['a button without a name', '<main><h1>Ports</h1><button></button></main>', /^button-name/],
    ['text that can hardly be read', '<main><h1>Ports</h1><p class="pale">3 need you</p></main>', /^color-contrast/],
  ])('finds %s', async (_, body, violation) => {
    const { page } = await open({ body, style: '.pale { color: #bbb; background: white; }' });
    expect(await axeViolations(page)).toContainEqual(expect.stringMatching(violation));
  });
});

describe('the walk by keyboard', () => {
  test('names each place, in order', async () => {
    const body = '<a href="#a">This week</a><label>Search <input></label><button aria-label="Copy sr_1">⧉</button>';
    const { page } = await open({ body });
    expect(await tabThrough(page)).toEqual({ names: ['This week', 'Search', 'Copy sr_1'], faults: [] });
  });

  test('finds what only a mouse reaches', async () => {
    const { page } = await open({ body: '<button tabindex="-1">Send again</button><button>Copy</button>' });
    const { names, faults } = await tabThrough(page);
    expect(names).toEqual(['Copy']);
    expect(faults).toEqual([expect.stringContaining('the tabulator does not reach <button tabindex="-1">')]);
  });

  test('finds a place that does not show that it has the focus', async () => {
    const { page } = await open({ body: '<button>Copy</button>', style: 'button:focus { outline: none; }' });
    expect((await tabThrough(page)).faults).toEqual(['"Copy" does not show that it has the focus']);
  });

  test('finds a place out of view', async () => {
    const style = '.away { position: fixed; left: 0; top: -500px; }';
    const { page } = await open({ body: '<button class="away">Copy</button>', style });
    expect((await tabThrough(page)).faults).toEqual(['"Copy" has the focus and is not in view']);
  });

  test('ends where the focus is trapped', async () => {
    const script = 'addEventListener("keydown", (event) => event.key === "Tab" && event.preventDefault());';
    const { page } = await open({ body: '<button>One</button><button>Two</button>', script });
    expect((await tabThrough(page)).faults).toHaveLength(2);
  });
});

describe('the layout', () => {
  test('of a narrow window has what fits, and what scrolls of its own', async () => {
    const body = '<main class="box"><p class="wide">.</p></main>';
    const { page } = await open({ body, style: '.box { overflow-x: auto; } .wide { width: 900px; }' });
    expect(await tooWide(page)).toEqual([]);
  });

  test('of a narrow window does not have what is wider than it', async () => {
    const { page } = await open({ body: '<main><p class="wide">.</p></main>', style: '.wide { width: 900px; }' });
    expect(await tooWide(page)).toEqual([expect.stringMatching(/^the page is 9\d\d wide/), '<p class="wide">.</p>']);
  });

  test('is dark only where the page is', async () => {
    const style = '@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } }';
    const dark = await lightness((await open({ body: GOOD, style }, { dark: true })).page);
    expect(dark.ground).toBeLessThan(0.1);
    expect(dark.text).toBeGreaterThan(0.9);
    expect((await lightness((await open({ body: GOOD, style })).page)).ground).toBeCloseTo(1);
    expect((await lightness((await open({ body: GOOD }, { dark: true })).page)).ground).toBeCloseTo(1);
  });

  test('on paper has no button', async () => {
    const { page } = await open({ body: GOOD });
    expect(await uselessInPrint(page)).toEqual(['<button>Copy</button>']);
    const clean = await open({ body: GOOD, style: '@media print { button { display: none; } }' });
    expect(await uselessInPrint(clean.page)).toEqual([]);
  });
});

test('a download has its name and its text, and a copy is in the clipboard', async () => {
  const script = `
    document.querySelector('#copy').onclick = () => navigator.clipboard.writeText('sr_6bc693');
    document.querySelector('#csv').onclick = () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['Customer reference\\nport-4711\\n'], { type: 'text/csv' }));
      link.download = 'needs-you.csv';
      link.click();
    };`;
  const body = '<button id="copy">Copy</button><button id="csv">CSV</button><button>Nothing</button>';
  const { page, faults } = await open({ body, script });
  expect(await copiedBy(page, page.getByRole('button', { name: 'Copy' }))).toBe('sr_6bc693');
  expect(await copiedBy(page, page.getByRole('button', { name: 'Nothing' }))).toBe('nothing was copied');
  expect(await downloadBy(page, page.getByRole('button', { name: 'CSV' }))).toEqual({
    name: 'needs-you.csv',
    text: 'Customer reference\nport-4711\n',
  });
  expect(faults()).toEqual([]);
});

describe('the front', () => {
  const { url, tokens } = inject('ledger');
  const headers = { authorization: `Bearer ${tokens.read}` };

  async function asked(path: string, operation: string, script: (real: Answer) => Answer) {
    const front = await openFront(url);
    onTestFinished(front.close);
    front.script(operation, async (_, real) => script(await real()));
    const answer = await fetch(front.url + path, { headers });
    return { status: answer.status, body: await answer.json(), undocumented: front.undocumented };
  }

  test('hands on what nobody scripts', async () => {
    const front = await openFront(url);
    onTestFinished(front.close);
    const [own, real] = await Promise.all(
      [front.url, url].map(async (base) => (await fetch(`${base}/v2/orders?page[size]=5`, { headers })).json()),
    );
    expect(own).toEqual(real);
    expect(front.asked).toMatchObject([{ method: 'GET', path: '/v2/orders' }]);
  });

  test('changes a real answer, as far as docs/openapi.yaml has such answers', async () => {
    const body = (real: Answer) => real.body as { data: { needs_you: number } };
    const change = (needs_you: unknown) => (real: Answer) => ({
      ...real,
      body: { data: { ...body(real).data, needs_you } },
    });
    const good = await asked('/v2/orders/summary', 'GET /v2/orders/summary', change(0));
    expect(good).toMatchObject({ status: 200, body: { data: { needs_you: 0 } }, undocumented: [] });
    const bad = await asked('/v2/orders/summary', 'GET /v2/orders/summary', change('none'));
    expect(bad.undocumented).toEqual(['GET /v2/orders/summary: /data/needs_you must be integer']);
  });

  test("gives the gateway's own answers, and no answer that neither it nor the ledger gives", async () => {
    const tooMany = { status: 429, body: { message: 'Too Many Requests' } };
    expect((await asked('/v2/status', EVERY, () => tooMany)).undocumented).toEqual([]);
    const teapot = await asked('/v2/status', 'GET /v2/status', () => ({ status: 418, body: {} }));
    expect(teapot.undocumented).toEqual(['GET /v2/status: 418 is not documented']);
    const hurried = await asked('/v2/status', 'GET /v2/status', () => ({ status: 503, body: { errors: [] } }));
    expect(hurried.undocumented).toContain('GET /v2/status: 503 needs the header Retry-After');
  });
});

test('without Chromium, one line says what to install', () => {
  expect(() => findChromium({ PATH: '/nowhere' })).toThrow(NoChromium);
  expect(() => findChromium({ PATH: '/nowhere' })).toThrow(/^there is no Chromium: apt-get install chromium-headless/);
  expect(() => findChromium({ CHROMIUM: '/nowhere', PATH: process.env.PATH ?? '' })).toThrow('CHROMIUM is /nowhere');
});
