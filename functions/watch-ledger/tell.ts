import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/entries.ts';
import type { Mailer } from '../bus/topic.ts';
import { runbookEntry } from '../health/findings.ts';
import { describeError, log } from '../lambda/log.ts';
import { forgetFinding, type HeldFinding, type Medium, putTold } from '../ledger/status/findings.ts';
import type { Store } from '../ledger/table/store.ts';
import { mailOf, type Sender } from './mail.ts';

/** How findings are told. */
export interface Telling {
  readonly store: Store;
  readonly bus: Bus;
  /** `undefined` where nothing is mailed, as on a laptop. */
  readonly mailer: Mailer | undefined;
  readonly sender: Sender;
}

/** What a look has to say about one finding. */
interface Due {
  readonly finding: HeldFinding;
  readonly busEvents: readonly BusEvent[];
  /** On a medium where it did not appear, it does not end. */
  readonly mail: boolean;
}

/**
 * Tells what has appeared and what is over, and marks it as told: the bus first, then the mails, then the marks. After
 * a death in between it is told again under the same id. The bus, the topic and the findings do not wait for each
 * other: what was refused is told at the next look.
 *
 * @returns false when something was refused
 */
export async function tell(findings: readonly HeldFinding[], telling: Telling): Promise<boolean> {
  const { store, bus, mailer, sender } = telling;
  const due = findings.map((finding) => dueOf(finding, telling)).filter(isAnything);
  const refused = await bus.put(due.flatMap(({ busEvents }) => busEvents));
  let wentThrough = true;
  const fail = (id: string, medium: Medium, error: string) => {
    wentThrough = false;
    log('error', 'finding_not_told', { id, medium, error });
  };
  for (const { finding, busEvents, mail } of due) {
    const media: Medium[] = [];
    const reason = busEvents.map((each) => refused.get(each)).find((each) => each !== undefined);
    if (reason !== undefined) fail(finding.id, 'bus', reason);
    else if (busEvents.length > 0) media.push('bus');
    if (mail && mailer) {
      try {
        await mailer(mailOf(finding, sender));
        media.push('mail');
      } catch (error) {
        fail(finding.id, 'mail', describeError(error));
      }
    }
    await mark(store, finding, media);
  }
  return wentThrough;
}

function dueOf(finding: HeldFinding, { mailer, sender }: Telling): Due {
  const { told, toldOver, overAt, severity } = finding;
  const appears = told.includes('bus') ? [] : [appeared(finding, sender)];
  if (overAt === undefined) {
    const mail = mailer !== undefined && severity === 'act_now' && !told.includes('mail');
    return { finding, busEvents: appears, mail };
  }
  const ends = toldOver.includes('bus') ? [] : [...appears, ended(finding, sender)];
  const mail = mailer !== undefined && told.includes('mail') && !toldOver.includes('mail');
  return { finding, busEvents: ends, mail };
}

/** What is over must be marked even if nothing is left to tell: its row then goes. */
function isAnything({ finding, busEvents, mail }: Due): boolean {
  return busEvents.length > 0 || mail || finding.overAt !== undefined;
}

async function mark(store: Store, finding: HeldFinding, media: readonly Medium[]): Promise<void> {
  if (finding.overAt === undefined) {
    if (media.length > 0) await putTold(store, { ...finding, told: [...finding.told, ...media] });
    return;
  }
  const toldOver = [...finding.toldOver, ...media];
  const isTold = toldOver.includes('bus') && (toldOver.includes('mail') || !finding.told.includes('mail'));
  if (isTold) await forgetFinding(store, finding);
  else if (media.length > 0) await putTold(store, { ...finding, toldOver });
}

function appeared(finding: HeldFinding, { runbookUrl }: Sender): BusEvent {
  const { id, code, severity, what, do: advice, since } = finding;
  const runbook = runbookEntry(runbookUrl, code);
  return { type: 'ledger.finding', detail: { id, revision: 1, code, severity, what, do: advice, since, runbook } };
}

function ended(finding: HeldFinding, sender: Sender): BusEvent {
  const { detail } = appeared(finding, sender);
  const { id, overAt } = finding;
  return { type: 'ledger.finding_over', detail: { ...detail, id: `${id}:over`, finding_id: id, over_at: overAt } };
}
