import type { Ledger } from './ledger.ts';
import { readAll } from './orders.ts';
import { list, type Rehearsal, show } from './rehearsal.ts';
import { equal } from './report.ts';
import type { Tokens } from './secrets.ts';
import { type Documented, signed } from './telnyx.ts';

interface Rejection {
  readonly kind: string;
  readonly reason: string;
}

/** Every documented body is stored once and returned unchanged. */
export async function checkDocumented({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  for (const { file, id, event_type, occurred_at, payload, body } of telnyx.documented) {
    const { status, body: result } = await ledger.post(body, signed(telnyx.keys, body));
    const { event } = await show(ledger, tokens.read, id);
    equal(
      `${file}: 200, and shown with the same payload`,
      [status, result, event && [event.event_type, event.created_at, event.payload, event.ledger.first_seen_by]],
      [200, { result: 'stored' }, [event_type, occurred_at, payload, 'webhook']],
    );
  }
}

/** The same webhook again is the same row. */
export async function checkDuplicate({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { id, body } = first(telnyx.documented);
  const again = await ledger.post(body, signed(telnyx.keys, body));
  equal('a duplicate: 200', [again.status, again.body], [200, { result: 'duplicate' }]);
  const { meta } = await list(ledger, tokens.read, {});
  equal('it is one row', meta.total_results, telnyx.documented.length + telnyx.api.events().length);
  equal('it is counted', (await show(ledger, tokens.read, id)).event?.ledger.webhook_deliveries, 2);
}

/** A webhook that Telnyx did not just sign leaves nothing behind. */
export async function checkForged({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { keys, nextKeys, documented, api } = telnyx;
  const { id, body } = first(documented);
  const other = body.replace(id, '00000000-0000-4000-8000-000000000000');
  const genuine = signed(keys, other);
  const { 'telnyx-signature-ed25519': _, ...unsigned } = genuine;
  const forged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'signed with another key': signed(nextKeys, other),
    'signed for another body': signed(keys, body),
    'signed 10 minutes ago': signed(keys, other, 600),
    'with another timestamp': { ...genuine, 'telnyx-timestamp': String(Math.floor(Date.now() / 1000) - 5) },
    'not signed': unsigned,
  };
  for (const [how, headers] of Object.entries(forged)) {
    equal(`a webhook ${how}: 401`, (await ledger.post(other, headers)).status, 401);
  }
  const unreadable = '{"data": ';
  const kept = await ledger.post(unreadable, signed(keys, unreadable));
  equal('a signed one that is not JSON: 200, because Telnyx would send it again and again', kept.status, 200);
  const rejections = await readAll<Rejection>(ledger, tokens, '/v2/rejections');
  equal(
    'GET /v2/rejections has them by what is wrong with them',
    rejections.map(({ kind, reason }) => `${kind}: ${reason}`).sort(),
    [
      'refused: signature missing',
      'refused: signature wrong',
      'refused: timestamp too old or ahead',
      'unreadable: the body is not JSON in UTF-8',
    ],
  );
  const held = (await list(ledger, tokens.read, {})).meta.total_results;
  equal('none of them is in the ledger', held, documented.length + api.events().length);
}

export function first(documented: readonly Documented[]): Documented {
  const [one] = documented;
  if (!one) throw new Error('there are no documented webhooks in test/fixtures');
  return one;
}
