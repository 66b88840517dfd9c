import { hrefTo } from './address.ts';
import type { Job, Rejection, ShownRun } from './answers.ts';
import { useList } from './list.ts';
import { Empty } from './states.tsx';
import { ListTable, type ShownColumn } from './table.tsx';
import { When } from './when.tsx';

const KINDS: ReadonlyMap<string, string> = new Map([
  ['refused', "refused: not Telnyx's signature"],
  ['unreadable', 'signed, but not an event'],
  ['listed', 'in the list, but not an event'],
  ['other_family', 'of another product'],
]);

const REJECTION_COLUMNS: readonly ShownColumn<Rejection>[] = [
  { head: 'Last', of: ({ last_at }) => <When at={last_at} /> },
  { head: 'What', of: ({ kind }) => KINDS.get(kind) ?? kind },
  { head: 'Why', of: ({ reason }) => reason },
  { head: 'How often', of: ({ count }) => count },
];

/** Webhooks that were refused, and records that are no event. */
export function Rejections() {
  const list = useList<Rejection>('/v2/rejections', {});
  return (
    <ListTable
      caption="Refused and unreadable webhooks, the latest first"
      columns={REJECTION_COLUMNS}
      keyOf={({ kind, id }) => `${kind} ${id}`}
      list={list}
      empty={<Empty>Nothing was refused, and everything could be read.</Empty>}
    />
  );
}

const JOB_COLUMNS: readonly ShownColumn<Job>[] = [
  {
    head: 'Asked for',
    of: ({ id, created_at }) => (
      <a href={hrefTo('deliveries', { show: 'jobs', job: id })}>
        <When at={created_at} />
      </a>
    ),
  },
  { head: 'State', of: ({ status, error }) => (error ? `${status}: ${error}` : status) },
  { head: 'Done', of: ({ done, total }) => `${done} of ${total}` },
  { head: 'Failed', of: ({ outcomes }) => outcomes.failed + outcomes.unknown },
  { head: 'By', of: ({ created_by }) => created_by },
];

/** Jobs that send webhooks again. */
export function Jobs() {
  const list = useList<Job>('/v2/republish-jobs', {});
  return (
    <ListTable
      caption="Jobs that send webhooks again, the newest first"
      columns={JOB_COLUMNS}
      keyOf={({ id }) => id}
      list={list}
      empty={<Empty>No job yet.</Empty>}
    />
  );
}

export const RUN_COLUMNS: readonly ShownColumn<ShownRun>[] = [
  { head: 'Begun', of: ({ started_at, updated_at }) => <When at={started_at ?? updated_at} /> },
  { head: 'State', of: ({ status, error }) => (error ? `${status}: ${error}` : status) },
  { head: 'Why', of: ({ trigger }) => (trigger === 'schedule' ? 'on schedule' : 'asked for') },
  { head: 'Read', of: ({ seen }) => `${seen} events` },
  { head: 'New', of: ({ inserted }) => inserted },
  {
    head: 'Span',
    of: ({ from, complete_through }) => (
      <>
        <When at={from} /> to <When at={complete_through} />
      </>
    ),
  },
];

/** Runs of the sync. */
export function Runs() {
  const list = useList<ShownRun>('/v2/sync-runs', {});
  return (
    <ListTable
      caption="Sync runs, the newest first"
      columns={RUN_COLUMNS}
      keyOf={({ id }) => id}
      list={list}
      empty={<Empty>No run yet.</Empty>}
    />
  );
}
