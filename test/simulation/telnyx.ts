import { authenticationFailed, errorAnswer, jsonAnswer, tooManyRequests } from '../../infra/local/simulator/answers.ts';
import { createEventStore } from '../../infra/local/simulator/event-store.ts';
import { parseListParameters } from '../../infra/local/simulator/list-parameters.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import type { Random } from '../../infra/local/simulator/random.ts';
import { createRateLimit } from '../../infra/local/simulator/rate-limit.ts';
import { withoutPayload } from '../../infra/local/simulator/records.ts';
import type { Happening } from './lives.ts';
import type { Part, Plan } from './plan.ts';
import type { Process } from './processes.ts';
import { openTelnyxOrders, type TelnyxOrders } from './telnyx-orders.ts';
import type { Timeline } from './timeline.ts';

export const API_KEY = 'KEY0192A5C6F1simulatedSECRET';
export const BASE_URL = 'http://telnyx.example/v2';

/** The key may list events, and not see orders. */
const notForThisAccount = {
  status: 403,
  code: '10038',
  title: 'Feature not permitted',
  detail: 'This feature is not available to this account.',
};

/** A call as Telnyx saw it. */
export interface Call {
  readonly process: Process;
  readonly at: number;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly method: string;
  /** Seconds that its answer asks the caller to wait. */
  waitAsked: number | undefined;
}

/** The simulated account as Telnyx's API shows it: its events, and its orders. */
export interface TelnyxAccount {
  /** Answers one call by a process. */
  readonly fetch: (process: Process, url: URL, init: RequestInit) => Promise<Response>;
  /** What is listed now. */
  readonly events: () => readonly PortingEvent[];
  readonly calls: readonly Call[];
  readonly orders: TelnyxOrders;
}

interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly isOut: (part: Part) => boolean;
  readonly trace: (process: Process | undefined, text: string) => void;
}

/** Lists what happens as Telnyx does: its store, paging, rate limit and errors, without a socket in between. */
export function openTelnyx(
  { plan, timeline, random, isOut, trace }: World,
  happenings: readonly Happening[],
): TelnyxAccount {
  const store = createEventStore(plan.list.order, plan.seed, timeline.now);
  const orders = openTelnyxOrders(plan, timeline.now, happenings);
  const admit = createRateLimit(5, timeline.now);
  const calls: Call[] = [];

  for (const { event, createdAt, visibleAt, completeAt, revised } of happenings) {
    if (visibleAt === Number.POSITIVE_INFINITY) continue;
    const appears = Math.max(createdAt, plan.begins);
    timeline.at(appears, () => {
      store.put(withoutPayload(event), visibleAt);
      trace(
        undefined,
        `Telnyx: ${event.event_type} ${event.id}, listed ${visibleAt > timeline.now() ? 'later' : 'now'}`,
      );
      return false;
    });
    timeline.at(Math.max(completeAt, appears), () => {
      store.put(event);
      return false;
    });
    if (revised) {
      timeline.at(Math.max(revised.at, appears), () => {
        store.put(revised.event);
        return false;
      });
    }
  }

  function list(query: Readonly<Record<string, string>>): {
    status: number;
    headers: Record<string, string>;
    body: string;
  } {
    const parameters = parseListParameters(query);
    if ('error' in parameters) return plain(errorAnswer(parameters.error));
    const size = Math.min(parameters.pageSize, plan.list.pageSize);
    const { total, json } = store.page(parameters.filter, (parameters.pageNumber - 1) * size, size);
    const [from = 0, to = 0] = ['gte', 'lte'].map((end) => Date.parse(query[`filter[created_at][${end}]`] ?? ''));
    const { wrongAt = Number.NaN } = plan.list;
    const meta = {
      page_number: parameters.pageNumber,
      page_size: size,
      total_pages: Math.ceil(total / size),
      total_results: from <= wrongAt && wrongAt <= to ? total + 1 : total,
    };
    return plain(jsonAnswer(200, `{"data":[${json.join(',')}],"meta":${JSON.stringify(meta)}}`));
  }

  function show({ pathname, searchParams }: URL): { status: number; headers: Record<string, string>; body: string } {
    const query = Object.fromEntries(searchParams);
    if (pathname === '/v2/porting/events') return list(query);
    return plain(isOut('orders') ? errorAnswer(notForThisAccount) : orders.answer(pathname, query));
  }

  function answer(url: URL, init: RequestInit): { status: number; headers: Record<string, string>; body: string } {
    const key = new Headers(init.headers).get('authorization');
    if (isOut('key') || key !== `Bearer ${API_KEY}`) return plain(errorAnswer(authenticationFailed));
    if (isOut('telnyx')) return plain(jsonAnswer(503, random.chance(0.5) ? '<html>down</html>' : '{"errors":[]}'));
    const { allowed, headers } = admit();
    const given = allowed ? show(url) : plain(errorAnswer(tooManyRequests));
    return { ...given, headers: { ...given.headers, ...headers } };
  }

  function spoilt(given: ReturnType<typeof answer>): ReturnType<typeof answer> {
    const seconds = String(random.integer(1, 20));
    const totals = (change: number) =>
      given.body.replace(/"total_results":(\d+)/, (_, n) => `"total_results":${Math.max(0, Number(n) + change)}`);
    switch (random.integer(0, 8)) {
      case 0:
        return { ...plain(errorAnswer(tooManyRequests)), headers: { 'retry-after': seconds } };
      case 1:
        return {
          ...plain(errorAnswer(tooManyRequests)),
          headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds },
        };
      case 2:
        return plain(errorAnswer(tooManyRequests));
      case 3:
        return plain(
          jsonAnswer(random.pick([500, 502, 503]), '{"errors":[{"code":"10007","title":"Unexpected error"}]}'),
        );
      case 4:
        return { ...given, body: given.body.slice(0, given.body.length >> 1) };
      case 5:
        return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please wait.</html>' };
      case 6:
        return { ...given, body: totals(random.pick([1, -1])) };
      case 7:
        return { ...given, body: given.body.replace(/"data":\[.*\],"meta"/, '"data":[],"meta"') };
      default:
        return { ...given, body: given.body.replace(/"total_pages":\d+/, '"total_pages":1') };
    }
  }

  return {
    calls,
    events: store.listed,
    orders,
    fetch(process, url, init) {
      timeline.touch();
      const call: Call = {
        process,
        at: timeline.now(),
        path: url.pathname,
        query: url.searchParams,
        method: init.method ?? 'GET',
        waitAsked: undefined,
      };
      calls.push(call);
      const isFaulty = timeline.now() < plan.calm && random.chance(plan.list.faults);
      return new Promise((resolve, reject) => {
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true });
        if (isFaulty && random.chance(0.1)) return trace(process, 'Telnyx hangs');
        timeline.after(random.chance(0.05) ? random.between(1_000, 15_000) : random.between(40, 400), () => {
          const honest = answer(url, init);
          const { status, headers, body } = isFaulty ? spoilt(honest) : honest;
          if (status === 429) call.waitAsked = Number(headers['retry-after'] ?? headers['x-ratelimit-reset'] ?? 0);
          trace(process, `Telnyx answers ${labelOf(url)}: ${status}${isFaulty ? ', spoilt' : ''}`);
          if (process.dead) return false;
          resolve(new Response(body, { status, headers }));
        });
      });
    },
  };
}

function labelOf({ pathname, searchParams }: URL): string {
  const page = searchParams.get('page[number]');
  const what = pathname.replace(/^.*\/v2\//, '');
  return page === null ? what : `${what} page ${page}`;
}

function plain({ status, headers, body }: ReturnType<typeof jsonAnswer>) {
  return { status, headers: { ...headers }, body };
}
