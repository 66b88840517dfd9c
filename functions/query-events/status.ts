import { type Finding, findingOf } from '../health/findings.ts';
import { isWell, judge } from '../health/judge.ts';
import { type JudgedStatus, judgedStatus } from '../health/judged-status.ts';
import type { AuthorizedEvent } from '../http/authorize.ts';
import { json } from '../http/problem.ts';
import { readParameters } from '../http/query-parameters.ts';
import { readFindings } from '../ledger/status/findings.ts';
import { readStatus } from '../ledger/status/status.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** The ledger's status as the API shows it: whether it is well, the findings, and what they are based on. */
export type ShownStatus = { readonly well: boolean; readonly findings: readonly Finding[] } & JudgedStatus;

/** The route of the ledger's status. It judges what it reads: a look of watch-ledger may be minutes old. */
export function statusRoutes({ store, healing, runbookUrl }: Resources): readonly ReadRoute[] {
  async function show(event: AuthorizedEvent) {
    readParameters(event, {});
    const now = Date.now();
    const [read, held] = await Promise.all([readStatus(store, now), readFindings(store)]);
    const status = judgedStatus(read, healing);
    const found = judge(status, now);
    const open = held.filter(({ overAt }) => overAt === undefined);
    const since = new Map(open.map((finding) => [finding.code, finding.since]));
    const findings = found.map((one) => findingOf(one, runbookUrl, since));
    return json(200, { data: { well: isWell(found), findings, ...status } satisfies ShownStatus });
  }

  return [{ path: '/v2/status', handler: show }];
}
