import type { Mail } from '../bus/topic.ts';
import { runbookEntry } from '../health/findings.ts';
import type { HeldFinding } from '../ledger/status/findings.ts';

/** What a mail says about the ledger that it comes from. */
export interface Sender {
  readonly ledgerName: string;
  readonly apiUrl: string;
  readonly hasConsole: boolean;
  readonly runbookUrl: string;
}

export function mailOf(finding: HeldFinding, { ledgerName, apiUrl, hasConsole, runbookUrl }: Sender): Mail {
  const { code, what, since, overAt } = finding;
  const command = `LEDGER_URL=${apiUrl} npm run ledger -- status`;
  const advice =
    overAt === undefined
      ? ['', finding.do, '', `Since: ${since}`, `Run first: ${command}`]
      : ['', `It held from ${since} to ${overAt}. There is nothing to do.`, '', `To check: ${command}`];
  const lines = [
    overAt === undefined ? what : `Over: ${what}`,
    ...advice,
    ...(hasConsole ? [`Health: ${apiUrl}/#/health`] : []),
    `Runbook: ${runbookEntry(runbookUrl, code)}`,
    `Ledger: ${ledgerName}, ${apiUrl}`,
    `Finding: ${finding.id}`,
  ];
  return {
    subject: subjectOf(`${ledgerName}: ${overAt === undefined ? '' : 'over: '}${what}`),
    text: lines.join('\n'),
  };
}

/** SNS refuses a subject with more than 99 characters, a line break, or anything but ASCII. */
function subjectOf(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return plain.length < 100 ? plain : `${plain.slice(0, 96)}...`;
}
