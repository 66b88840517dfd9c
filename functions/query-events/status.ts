import type { AuthorizedEvent } from '../http/authorize.ts';
import { json } from '../http/problem.ts';
import { readParameters } from '../http/query-parameters.ts';
import { readStatus } from '../ledger/status/status.ts';
import { diagnose, type JudgedStatus } from './diagnosis.ts';
import type { ReadRoute, Resources } from './resources.ts';

/**
 * The ledger's status as the API shows it: whether it is well, the findings if it is not, and what they are based on.
 */
export type ShownStatus = { readonly well: boolean; readonly problems: readonly string[] } & JudgedStatus;

/** The route of the ledger's status. */
export function statusRoutes({ store, healing }: Resources): readonly ReadRoute[] {
  async function show(event: AuthorizedEvent) {
    readParameters(event, {});
    const now = Date.now();
    const { healed_today: asked_today, ...found } = await readStatus(store, now);
    const status = { ...found, healing: { mode: healing.mode, asked_today, per_day: healing.perDay } };
    const problems = diagnose(status, now);
    return json(200, { data: { well: problems.length === 0, problems, ...status } satisfies ShownStatus });
  }

  return [{ path: '/v2/status', handler: show }];
}
