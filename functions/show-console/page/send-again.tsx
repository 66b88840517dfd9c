import { useRef, useState } from 'preact/hooks';
import { howMany } from '../../porting/message.ts';
import { hrefTo } from './address.ts';
import type { DryRun, Job } from './answers.ts';
import { ask, NotAnswered } from './api.ts';

const PATH = '/v2/republish-jobs';
const HOURS = { '24': 'the last 24 hours', '168': 'the last 7 days', '720': 'the last 30 days' };
/** The API's code for a request that selects nothing. */
const NOTHING_SELECTED = '10027';

/** What a look found, and the request that it was a look at. */
interface Looked {
  readonly body: object;
  readonly found: DryRun;
}

/** Asks Telnyx to send missed webhooks again: first a look, then a warning, then a job that is followed to its end. */
export function SendAgain() {
  const [hours, setHours] = useState('24');
  const [looked, setLooked] = useState<Looked>();
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  // With the same key nothing is sent twice, however often the button is pressed.
  const key = useRef('');

  async function during(work: () => Promise<void>) {
    setBusy(true);
    setSaid('');
    await work().catch((error: unknown) => setSaid(wordsOf(error)));
    setBusy(false);
  }

  const look = () =>
    during(async () => {
      const from = new Date(Date.now() - Number(hours) * 3_600_000).toISOString();
      const body = { filter: { missed: true, from, to: new Date().toISOString() } };
      const { data: found } = await ask<{ data: DryRun }>(PATH, { method: 'POST', body: { ...body, dry_run: true } });
      key.current = crypto.randomUUID();
      setLooked({ body, found });
    });

  const send = (body: object) =>
    during(async () => {
      const headers = { 'idempotency-key': key.current };
      const { data: job } = await ask<{ data: Job }>(PATH, { method: 'POST', body, headers });
      location.hash = hrefTo('deliveries', { show: 'jobs', job: job.id });
    });

  return (
    <section aria-labelledby="send-again">
      <h2 id="send-again">Send again</h2>
      <p class="quiet">Telnyx sends what was missed once more. That takes an operate token.</p>
      <label for="hours">Missed in </label>
      <select
        id="hours"
        value={hours}
        onChange={({ currentTarget: { value } }) => {
          setHours(value);
          setLooked(undefined);
        }}
      >
        {Object.entries(HOURS).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>{' '}
      <button type="button" class="plain" onClick={look} disabled={isBusy}>
        See what would be sent
      </button>
      <div role="status">
        {said && <p class="notice">{said}</p>}
        {looked && <Found found={looked.found} />}
      </div>
      {looked && (
        <p class="tools">
          <button type="button" onClick={() => send(looked.body)} disabled={isBusy}>
            Send {howMany(looked.found.total, 'webhook')} again
          </button>
          <button type="button" class="plain" onClick={() => setLooked(undefined)}>
            Do not send
          </button>
        </p>
      )}
    </section>
  );
}

function Found({ found: { total, by_type } }: { readonly found: DryRun }) {
  const types = Object.entries(by_type).map(([type, count]) => `${count} × ${type}`);
  return (
    <div class="notice">
      <p>
        <b>{howMany(total, 'webhook')} would be sent again</b>: {types.join(', ')}. That takes about {total} s, at one
        request a second.
      </p>
      <p>Telnyx sends everything about these events again: e-mails may go out a second time, too.</p>
    </div>
  );
}

function wordsOf(error: unknown): string {
  if (!(error instanceof NotAnswered)) return String(error);
  if (error.status === 403) {
    return 'Your token may read only. To send again, sign in with an operate token, or ask who runs this ledger.';
  }
  return error.code === NOTHING_SELECTED ? 'Nothing was missed in this time.' : error.message;
}
