import { Choices } from '../choices.tsx';
import { JobProgress } from '../job-progress.tsx';
import { Missed } from '../missed.tsx';
import { Jobs, Rejections, Runs } from '../records.tsx';
import { TelnyxLog } from '../telnyx-log.tsx';
import type { ViewProps } from '../view-props.ts';

const SHOWN = {
  '': 'Missed',
  rejections: 'Refused and unreadable',
  'telnyx-log': "Telnyx's log",
  jobs: 'Jobs',
  runs: 'Sync runs',
};

/** How events came, or did not: for engineers. Each part has its own URL, a job in progress too. */
export function Deliveries({ address: { query } }: Pick<ViewProps, 'address'>) {
  const shown = query.show ?? '';
  return (
    <>
      <h1>Deliveries</h1>
      <Choices label="Show" path="deliveries" name="show" value={shown} values={SHOWN} />
      {shown === '' && <Missed />}
      {shown === 'rejections' && <Rejections />}
      {shown === 'telnyx-log' && <TelnyxLog page={Number(query.page ?? '1') || 1} />}
      {shown === 'jobs' && (query.job === undefined ? <Jobs /> : <JobProgress key={query.job} id={query.job} />)}
      {shown === 'runs' && <Runs />}
    </>
  );
}
