import type { Finding, ShownChannel, ShownSpan, ShownStatus } from '../answers.ts';
import { ask } from '../api.ts';
import { useLive } from '../live.ts';
import { RUN_COLUMNS } from '../records.tsx';
import { StateOf } from '../states.tsx';
import { type ShownColumn, Table } from '../table.tsx';
import { When } from '../when.tsx';

const URGENCY: Readonly<Record<Finding['severity'], string>> = {
  act_now: 'Act now',
  look_today: 'Look today',
  know: 'Good to know',
};

const SPAN_COLUMNS: readonly ShownColumn<ShownSpan>[] = [
  { head: 'From', of: ({ from }) => <When at={from} /> },
  { head: 'To', of: ({ to }) => <When at={to} /> },
  { head: 'Why', of: ({ reason }) => reason },
  { head: 'Last tried', of: ({ tried_at }) => <When at={tried_at} /> },
  { head: 'Tries', of: ({ tries }) => tries },
];

const CHANNEL_COLUMNS: readonly ShownColumn<ShownChannel>[] = [
  { head: 'Webhooks of', of: ({ event_type }) => event_type },
  { head: 'First', of: ({ first_at }) => <When at={first_at} /> },
  { head: 'Last', of: ({ last_at }) => <When at={last_at} /> },
];

/** Whether the ledger itself is well: what was found, what to do about it, and what it is based on. */
export function Health() {
  const live = useLive('/v2/status', async (signal) => {
    return (await ask<{ data: ShownStatus }>('/v2/status', { signal })).data;
  });
  return (
    <>
      <h1 aria-live="polite">{live.data ? (live.data.well ? 'All is well' : 'Something needs a hand') : 'Health'}</h1>
      <StateOf live={live} />
      {live.data && <Status status={live.data} />}
    </>
  );
}

function Status({ status: { findings, sync, channels, notices_failing: failing } }: { readonly status: ShownStatus }) {
  return (
    <>
      {findings.map((finding) => (
        <section key={finding.code} class={`notice ${finding.severity}`} aria-label={finding.what}>
          <p>
            <b>{URGENCY[finding.severity]}.</b> {finding.what}
          </p>
          <p>{finding.do}</p>
          <p class="quiet">
            {finding.since && (
              <>
                Since <When at={finding.since} />.{' '}
              </>
            )}
            <a href={finding.runbook} target="_blank" rel="noreferrer">
              More in the runbook
            </a>
          </p>
        </section>
      ))}
      {failing.map(({ channel, since }) => (
        <p key={channel} class="notice">
          No message gets through to {channel} since <When at={since} />.
        </p>
      ))}
      {sync.open_spans.length > 0 && (
        <>
          <h2>Spans that did not prove complete</h2>
          <Table caption="Open spans" columns={SPAN_COLUMNS} keyOf={({ id }) => id} things={sync.open_spans} />
        </>
      )}
      <h2>Last sync runs</h2>
      <Table caption="Last sync runs" columns={RUN_COLUMNS} keyOf={({ id }) => id} things={sync.last_runs} />
      <h2>Webhooks that arrive</h2>
      {channels.length === 0 && <p class="quiet">None yet.</p>}
      {channels.length > 0 && (
        <Table
          caption="Types of webhooks that arrive"
          columns={CHANNEL_COLUMNS}
          keyOf={({ event_type }) => event_type}
          things={channels}
        />
      )}
    </>
  );
}
