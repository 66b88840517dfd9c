import type { BrowserContext, Page } from 'playwright-core';

/** What goes wrong in a page without being seen in it. */
export interface Watch {
  /**
   * Errors in the console, exceptions, violations of the content security policy, and requests to another origin. An
   * answer that the test provokes is none of them; a provoked one that never came is.
   */
  faults(): string[];
}

/** Answers that a test provokes: statuses, or `cut` for a broken connection. */
export type Provoked = readonly (number | 'cut')[];

/** Watches a page from before its first request. `origin` is its own. */
export async function watch(
  context: BrowserContext,
  page: Page,
  { origin, provoked = [] }: { readonly origin: string; readonly provoked?: Provoked },
): Promise<Watch> {
  const faults: string[] = [];
  const seen = new Set<number | 'cut'>();

  page.on('console', (message) => {
    const text = message.text();
    if (message.type() !== 'error') return;
    const answer = provokedBy(text);
    if (answer !== undefined && provoked.includes(answer)) seen.add(answer);
    else faults.push(`console: ${text} (${message.location().url})`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  await context.exposeBinding('reportViolation', (_, directive: string, blocked: string) => {
    faults.push(`content security policy: ${directive} forbids ${blocked}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      (window as unknown as { reportViolation(...of: string[]): void }).reportViolation(effectiveDirective, blockedURI);
    });
  });
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:' && asked !== origin) faults.push(`request to ${request.url()}`);
  });

  return {
    faults: () => [
      ...faults,
      ...provoked.filter((one) => !seen.has(one)).map((one) => `nothing was answered with ${one}`),
    ],
  };
}

/** Chromium reports each failed request in the console. */
function provokedBy(text: string): number | 'cut' | undefined {
  const [, status] = /^Failed to load resource: the server responded with a status of (\d{3})/.exec(text) ?? [];
  if (status !== undefined) return Number(status);
  return /^Failed to load resource: net::ERR_(EMPTY_RESPONSE|CONNECTION_\w+|FAILED)/.test(text) ? 'cut' : undefined;
}
