import { LONGEST_WITHOUT_SYNC } from '../../health/judge-sync.ts';
import { hrefTo } from './address.ts';
import type { ShownStatus } from './answers.ts';
import { ask } from './api.ts';
import { dayWords, lengthOf, ZONE } from './instants.ts';
import { useLive, useNow } from './live.ts';
import type { ViewProps } from './view-props.ts';

/**
 * How fresh the page is. Red only when the data are in doubt: the sync has stopped, or never worked. What this page
 * could not refresh is said, and is not red: the ledger itself may be fine.
 */
export function Freshness({ summary, health }: Pick<ViewProps, 'summary' | 'health'>) {
  const now = useNow(5_000);
  const failed = health.error ?? summary.error;
  if (failed !== undefined) {
    const since = summary.at === undefined ? '' : ` Shown: as of ${lengthOf((now - summary.at) / 1000)} ago.`;
    return (
      <p class="fresh warn" role="status">
        Not refreshed: {failed.message}
        {since}
      </p>
    );
  }
  if (health.data === undefined || health.at === undefined) return <p class="fresh">Loading…</p>;
  const { last_complete_sync_age_seconds: then, last_sync_status: status } = health.data;
  if (then === null && status !== 'failed') return <FirstSync />;
  const age = then === null ? undefined : then + (now - health.at) / 1000;
  if (age !== undefined && age <= LONGEST_WITHOUT_SYNC) return <p class="fresh">Up to date, {lengthOf(age)} ago</p>;
  return (
    <p class="fresh doubt" role="alert">
      {age === undefined ? 'Nothing could be read from Telnyx yet.' : `Not up to date: last ${lengthOf(age)} ago.`}{' '}
      <a href={hrefTo('health')}>See why</a>
    </p>
  );
}

/** How far the first sync is. A large account takes hours, and until then every list lacks orders. */
function FirstSync() {
  const { data } = useLive('first-sync', async (signal) => {
    return (await ask<{ data: ShownStatus }>('/v2/status', { signal })).data.sync;
  });
  const through = data?.complete_through;
  return (
    <p class="fresh warn" role="status">
      The first sync is under way{through && `: all is read up to ${dayWords(through, Date.now(), ZONE)}`}
    </p>
  );
}
