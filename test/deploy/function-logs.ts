import type { Aws } from './aws.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import type { Tokens } from './secrets.ts';

interface Group {
  readonly logGroupName: string;
  readonly retentionInDays?: number;
}
interface Line {
  readonly timestamp: number;
  readonly message: string;
}

const PRINTED = 40;

/** The log groups of the service, and how many days each keeps its lines. */
export async function logGroups(aws: Aws): Promise<ReadonlyMap<string, number | undefined>> {
  const { logGroups } = (await aws.target('logs', 'Logs_20140328.DescribeLogGroups', {})) as { logGroups: Group[] };
  const ours = logGroups.filter(({ logGroupName }) => logGroupName.includes('PortInLedger-'));
  return new Map(ours.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]));
}

/** No function was denied anything, and none logged a secret. */
export async function checkLogs({ aws, telnyx }: Rehearsal, tokens: Tokens): Promise<void> {
  const lines = [];
  for (const group of (await logGroups(aws)).keys()) lines.push(...(await linesOf(aws, group)));
  const messages = lines.map(({ message }) => message);
  holds(
    'the functions have logged',
    messages.some((message) => message.includes('"webhook_received"')),
    messages,
  );
  const denied = messages.filter((message) => /AccessDenied|not authorized/.test(message));
  equal('no function was denied anything that it asked of AWS', denied, []);
  const secret = [telnyx.apiKey, tokens.read, tokens.operate];
  const telling = messages.filter((message) => secret.some((text) => message.includes(text)));
  equal('no line holds the API key or a token', telling, []);
  // 64 bytes in base64, and a member of every documented payload of an order's status.
  const copied = messages.filter((message) => /[A-Za-z0-9+/]{86}==|"support_key/.test(message));
  equal('nor a signature or a payload', copied, []);
}

/** Prints the end of each function's log. */
export async function printFunctionLogs(aws: Aws): Promise<void> {
  for (const group of (await logGroups(aws)).keys()) {
    const lines = await linesOf(aws, group);
    if (lines.length > 0) console.error(`\n${group}`);
    for (const { timestamp, message } of lines.slice(-PRINTED)) {
      console.error(`  ${new Date(timestamp).toISOString()} ${message.trimEnd()}`);
    }
  }
}

async function linesOf(aws: Aws, logGroupName: string): Promise<readonly Line[]> {
  const { events } = (await aws.target('logs', 'Logs_20140328.FilterLogEvents', { logGroupName })) as {
    events: Line[];
  };
  return events;
}
