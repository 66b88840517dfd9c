import { REQUESTS_A_SECOND } from '../../functions/porting/shares.ts';
import type { Rest } from './oracle.ts';
import type { Call } from './telnyx.ts';
import type { Truth } from './truth.ts';

/** Calls a second. */
const SHARE = REQUESTS_A_SECOND.sync;

/**
 * I9. A sync makes at most its share of calls in any second, waits as long as an answer asks, and calls nothing but
 * lists, and orders without their phone numbers. All syncs together make no more, but for a call under way when a process
 * that reads orders sees that another run has begun.
 */
export function checkCalls({ telnyx, truth, plan }: Rest): void {
  for (const { process, path, query, method } of telnyx.calls) {
    const isOrders = plan.readsOrders && /^\/v2\/porting_orders(\/[0-9a-f-]{36})?$/.test(path);
    const isAllowed = path === '/v2/porting/events' || (isOrders && query.get('include_phone_numbers') === 'false');
    if (method.toLowerCase() !== 'get' || !isAllowed) truth.violate('I9', `${process.name} asks for ${method} ${path}`);
  }
  checkRate(truth, telnyx.calls, 1, SHARE + 1);
  checkRate(truth, telnyx.calls, 10, 10 * SHARE + 2);
  const byProcess = Map.groupBy(telnyx.calls, ({ process }) => process.name);
  for (const [name, calls] of byProcess) {
    checkRate(truth, calls, 1, SHARE);
    for (const [index, { at }] of calls.entries()) {
      const { at: before = 0, waitAsked = 0 } = calls[index - 1] ?? {};
      if (at - before < waitAsked * 1_000)
        truth.violate('I9', `${name} waits ${at - before} ms instead of ${waitAsked} s`);
    }
  }
}

function checkRate(truth: Truth, calls: readonly Call[], seconds: number, most: number): void {
  for (const [index, { at, process }] of calls.entries()) {
    const earlier = calls[index - most];
    if (earlier && at - earlier.at < seconds * 1_000)
      truth.violate('I9', `more than ${most} calls in ${seconds} s`, [earlier.process.name, process.name]);
  }
}
