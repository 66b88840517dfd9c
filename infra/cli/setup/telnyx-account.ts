import { APIConnectionError, APIError, Telnyx } from 'telnyx';
import { isObject, membersOf } from '../../../functions/porting/event.ts';
import type { Clock } from '../clock.ts';
import { EXIT, Failure } from '../failure.ts';
import { shown } from '../text.ts';

interface PageOf<Item> {
  readonly data: readonly Item[];
  readonly meta: object;
}

/** An account at Telnyx, asked at the pace that it takes. */
export interface TelnyxAccount {
  readonly sdk: Telnyx;
  /**
   * Makes one request.
   *
   * @param repeat false for a request that may not be carried out twice: then only 429 repeats it
   * @returns `undefined` for 404
   * @throws {Failure} that says what to do, and never shows the key
   */
  readonly ask: <Answer>(request: () => Promise<Answer>, repeat?: boolean) => Promise<Answer | undefined>;
  /** All pages of a list. */
  readonly all: <Item extends { id?: string }>(
    what: string,
    request: (page: PageSize) => PromiseLike<PageOf<Item>>,
  ) => Promise<readonly Item[]>;
}

type PageSize = { 'page[size]': number; 'page[number]': number };

/** docs/telnyx.md §7: four requests a second, and the ledger makes some of them at the same time. */
const SPACING = 500;
const ATTEMPTS = 5;
const FIRST_PAUSE = 1_000;
const TIMEOUT = 30_000;
const LARGEST_PAGE = 250;

export function telnyxAccount(apiKey: string, baseUrl: string, clock: Clock): TelnyxAccount {
  // Repeated here: the SDK would also repeat what makes something.
  const sdk = new Telnyx({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: TIMEOUT,
    logLevel: 'off',
    fetchOptions: { redirect: 'manual' },
  });
  let isFirst = true;

  async function ask<Answer>(request: () => Promise<Answer>, repeat = true): Promise<Answer | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      if (!isFirst) await clock.sleep(SPACING);
      isFirst = false;
      try {
        return await request();
      } catch (error) {
        const status = error instanceof APIError ? error.status : undefined;
        if (status === 404) return undefined;
        const passes = status === 429 || (repeat && (status === undefined || status >= 500));
        if (!passes || attempt === ATTEMPTS) throw failureOf(error);
        await clock.sleep(FIRST_PAUSE * 2 ** (attempt - 1));
      }
    }
  }

  async function all<Item extends { id?: string }>(
    what: string,
    request: (page: PageSize) => PromiseLike<PageOf<Item>>,
  ): Promise<readonly Item[]> {
    const items = new Map<string | undefined, Item>();
    for (let number = 1; ; number += 1) {
      const page = await ask(async () => request({ 'page[size]': LARGEST_PAGE, 'page[number]': number }));
      const before = items.size;
      for (const item of page?.data ?? []) items.set(item.id, item);
      const total = membersOf(page?.meta).total_results;
      if (total === items.size) return [...items.values()];
      // What is not seen here would be made a second time.
      if (typeof total !== 'number' || items.size === before) {
        throw new Failure(EXIT.bad, `Telnyx's list of ${what} is not whole: run it again`);
      }
    }
  }

  return { sdk, ask, all };
}

function failureOf(error: unknown): Failure {
  if (error instanceof APIError && typeof error.status === 'number') {
    const { status } = error;
    const words = wordsOf(error);
    const passes = status === 429 || status >= 500;
    if (status === 401)
      return new Failure(EXIT.notAuthorized, `Telnyx refuses the API key (${words}): copy it from the portal again`);
    if (status === 403) {
      return new Failure(
        EXIT.notAuthorized,
        `Telnyx does not let this API key do that (${words}): an organization's owner must, with a key of theirs`,
      );
    }
    return new Failure(
      EXIT.bad,
      `Telnyx answered ${words}: ${passes ? 'run it again in a minute' : 'docs/telnyx.md may explain it'}`,
    );
  }
  const reason =
    error instanceof APIConnectionError
      ? ((error.cause as Error | undefined)?.message ?? error.message)
      : String(error);
  return new Failure(EXIT.unreachable, `Telnyx cannot be reached: ${shown(reason)}`);
}

/** The status, and the code, the title and the detail of each error. */
function wordsOf({ status, error: body }: APIError): string {
  const { errors } = membersOf(body);
  const told = (Array.isArray(errors) ? errors : []).filter(isObject).map(({ code, title, detail, source }) => {
    const { pointer, parameter } = membersOf(source);
    return [code, title, detail, pointer ?? parameter].map(shown).filter(Boolean).join(' ');
  });
  return [String(status), ...told].join(', ').slice(0, 300);
}
