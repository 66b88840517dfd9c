import { useState } from 'preact/hooks';
import { hrefTo } from './address.ts';
import type { Job } from './answers.ts';
import { ask } from './api.ts';
import { REFRESH_MS, useLive } from './live.ts';
import { StateOf } from './states.tsx';
import { When } from './when.tsx';

const EVERY_MS = 2_000;
const ENDED: readonly string[] = ['complete', 'cancelled'];

/** A job, followed to its end. */
export function JobProgress({ id }: { readonly id: string }) {
  const path = `/v2/republish-jobs/${encodeURIComponent(id)}`;
  const [hasEnded, setEnded] = useState(false);
  const live = useLive(
    path,
    async (signal) => {
      const { data } = await ask<{ data: Job }>(path, { signal });
      setEnded(ENDED.includes(data.status));
      return data;
    },
    hasEnded ? REFRESH_MS : EVERY_MS,
  );
  return (
    <section aria-labelledby="job">
      <h2 id="job">A job that sends webhooks again</h2>
      <StateOf live={live} />
      {live.data && <Progress job={live.data} cancel={hasEnded ? undefined : cancelling(path, live.reload)} />}
      <p>
        <a href={hrefTo('deliveries', { show: 'jobs' })}>All jobs</a>
      </p>
    </section>
  );
}

function Progress({ job, cancel }: { readonly job: Job; readonly cancel: (() => Promise<void>) | undefined }) {
  const [said, setSaid] = useState('');
  return (
    <>
      <progress value={job.done} max={Math.max(1, job.total)} aria-label="Done" />
      <p role="status">
        {stateWords(job)}
        {job.error && `: ${job.error}`}
      </p>
      <p class="quiet">
        Asked for by {job.created_by}, <When at={job.created_at} />
      </p>
      {cancel && (
        <button
          type="button"
          class="plain"
          onClick={() => cancel().catch((error: unknown) => setSaid((error as Error).message))}
        >
          Stop it
        </button>
      )}
      <p class="problem">{said}</p>
    </>
  );
}

/** `Done: 12 of 12, 11 sent, 1 not found at Telnyx`. */
function stateWords({ status, done, total, outcomes }: Job): string {
  const { sent, not_found: notFound, failed, unknown } = outcomes;
  return [
    `${WORDS.get(status) ?? status}: ${done} of ${total}`,
    `${sent} sent`,
    ...(notFound > 0 ? [`${notFound} not found at Telnyx`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} without an answer: they may have been sent`] : []),
  ].join(', ');
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['pending', 'Waiting to begin'],
  ['running', 'Sending'],
  ['complete', 'Done'],
  ['cancelled', 'Stopped'],
]);

function cancelling(path: string, reload: () => void): () => Promise<void> {
  return async () => {
    await ask(`${path}/cancel`, { method: 'POST' });
    reload();
  };
}
