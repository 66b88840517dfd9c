import { millisecondsOf } from '../porting/timestamp.ts';
import { duration } from './amounts.ts';
import type { Found } from './findings.ts';
import { LONGEST_WITHOUT_SYNC } from './judge-sync.ts';
import type { JudgedStatus } from './judged-status.ts';

/** In seconds. Telnyx now and then asks for a pause of a second or two. */
const LONGEST_RATE_LIMIT = 60;

/** It is tried again each hour, unless order details have been switched off. In milliseconds. */
const REFUSAL_HOLDS_FOR = 3 * 3_600_000;

/** Does Telnyx answer, and does its clock agree with ours? */
export function judgeUpstream({ sync, upstream }: JudgedStatus, now: number): Found[] {
  const { last_fault: fault, rate_limited_until: until, clock_ahead_seconds: ahead } = upstream;
  const { orders_refused: refused } = upstream;
  const found: Found[] = [];
  const since = fault !== null && fault.at > (sync.last_complete_at ?? '') ? fault : undefined;
  if (since?.fault === 'key refused') {
    found.push({ code: 'key_refused', what: "Telnyx refuses the ledger's API key.", since: since.at });
  }
  // It may pass: only a finding once the sync stands still because of it.
  const idle = sync.last_complete_at === null ? Infinity : (now - millisecondsOf(sync.last_complete_at)) / 1000;
  if (since?.fault === 'not available' && idle > LONGEST_WITHOUT_SYNC) {
    const what = 'Telnyx says that porting is not available to this account, or not for now: nothing is listed.';
    found.push({ code: 'not_available', what, since: sync.last_complete_at ?? since.at });
  }
  const wait = until === null ? 0 : (millisecondsOf(until) - now) / 1000;
  if (wait > LONGEST_RATE_LIMIT) {
    const what = `Telnyx accepts no requests for another ${duration(wait)}.`;
    found.push({ code: 'rate_limited', what, since: fault?.at });
  }
  if (ahead !== null) {
    const clocks = `${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} Telnyx's`;
    found.push({ code: 'clock_wrong', what: `The ledger's clock is ${clocks}.` });
  }
  if (refused !== null && now - millisecondsOf(refused.at) < REFUSAL_HOLDS_FOR) {
    const what = "Telnyx does not show porting orders to the ledger's API key: FOC dates are missing or old.";
    found.push({ code: 'details_refused', what, since: refused.since });
  }
  return found;
}
