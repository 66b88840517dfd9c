import { type Route, routes } from '../../infra/service.ts';
import type { Ledger } from './ledger.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal } from './report.ts';
import type { Tokens } from './secrets.ts';
import { first } from './webhooks.ts';

const WRONG = 'wrong-wrong-wrong-wrong';

/**
 * Which token may call each route of service.ts. A request whose body or id is missing or malformed is not tested here.
 */
export async function checkAccess({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { id } = first(telnyx.documented);
  const among = (path: string) => path.replace('{id}', id);
  const refusals = async ({ method, path }: Route, given: readonly (string | undefined)[]) => {
    const found = [];
    // One after the other: concurrent requests would each wait for a new execution environment.
    for (const token of given) {
      const { status } = await ledger.call(method, among(path), token);
      found.push(status === 401 || status === 403 ? status : 'let in');
    }
    return found;
  };
  for (const route of routes.filter(({ token }) => token !== 'none')) {
    const needsOperate = route.token === 'operate';
    // An operate token would start the work; the step that tests the route's work uses one.
    const given = [undefined, WRONG, tokens.read, ...(needsOperate ? [] : [tokens.operate])];
    equal(
      `${route.method} ${route.path}, with no, a wrong and a read token${needsOperate ? '' : ', and an operate token'}`,
      await refusals(route, given),
      [401, 401, ...(needsOperate ? [403] : ['let in', 'let in'])],
    );
  }
  const statuses = [];
  for (const token of [tokens.read, tokens.operate]) {
    for (const path of ['/v2/porting/events', `/v2/porting/events/${id}`]) {
      statuses.push((await ledger.call('GET', path, token)).status);
    }
  }
  equal('list and show, with a read and an operate token: 200', statuses, [200, 200, 200, 200]);
}
