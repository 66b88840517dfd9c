import { stripVTControlCharacters, styleText } from 'node:util';

/** What functions log: one JSON object a line. */
type Entry = Readonly<Record<string, unknown>>;
type Style = Parameters<typeof styleText>[0];

/** A line's columns: what it is about, what came of it, and the rest in words. */
interface Line {
  readonly about: string;
  readonly came: string;
  readonly style?: Style;
  readonly rest: readonly (string | undefined)[];
}

export interface LineOptions {
  readonly colour: boolean;
  readonly now?: () => Date;
}

const STYLES: Readonly<Record<string, Style>> = {
  stored: 'green',
  complete: 'green',
  sent: 'green',
  confirmed: 'cyan',
  duplicate: 'dim',
  ignored: 'dim',
  skipped: 'dim',
  partial: 'yellow',
  refused: 'yellow',
  rejected: 'yellow',
  failed: 'red',
};

const FORMATS: Readonly<Record<string, (entry: Entry) => Line>> = {
  webhook_received: (entry) => ({
    about: 'webhook',
    came: word(entry.outcome),
    rest: [
      shown(entry.event_type),
      shown(entry.status),
      pair('order', entry.porting_order_id),
      pair('event', entry.id),
    ],
  }),
  webhook_refused: ({ reason }) => ({ about: 'webhook', came: 'refused', rest: [shown(reason)] }),
  webhook_rejected: ({ reason }) => ({ about: 'webhook', came: 'rejected', rest: [shown(reason)] }),
  webhook_ignored: ({ event_type }) => ({ about: 'webhook', came: 'ignored', rest: [shown(event_type)] }),
  webhook_not_stored: ({ error }) => ({ about: 'webhook', came: 'failed', rest: ['not stored:', shown(error)] }),
  sync_progress: (entry) => ({
    about: 'sync',
    came: 'reading',
    style: 'cyan',
    rest: [counts(entry), windowOf(entry), pair('complete_through', entry.complete_through)],
  }),
  sync_run: (entry) => ({
    about: 'sync',
    came: word(entry.status),
    rest: [counts(entry), seconds(entry.duration_ms), windowOf(entry), shown(entry.error), pair('run', entry.run_id)],
  }),
  republish: (entry) => ({
    about: 'republish',
    came: word(entry.outcome),
    rest: [pair('event', entry.id), pair('by', entry.caller)],
  }),
};

/**
 * Turns a line that a function wrote into one that reads well: time (UTC), what it is about, what came of it, details. An entry of a
 * kind not known here is shown with all its fields, and what is not an entry at all is shown as it is.
 */
export function readableLine(
  functionName: string,
  text: string,
  { colour, now = () => new Date() }: LineOptions,
): string {
  const entry = parse(text);
  const format = FORMATS[String(entry?.event)];
  const line = entry
    ? (format?.(entry) ?? generic(functionName, entry))
    : { about: functionName, came: '', rest: [shown(text)] };
  const paint = (style: Style | undefined, part: string): string =>
    colour && style ? styleText(style, part, { validateStream: false }) : part;
  const style =
    line.style ??
    STYLES[line.came] ??
    (entry?.level === 'error' ? 'red' : entry?.level === 'warn' ? 'yellow' : undefined);
  return [
    paint('dim', timeOf(entry?.at, now)),
    line.about.padEnd(9),
    ...(line.came ? [paint(style, line.came.padEnd(9))] : []),
    ...line.rest.filter(Boolean),
  ]
    .join(' ')
    .trimEnd();
}

function generic(functionName: string, { level, event, at: _, ...fields }: Entry): Line {
  const rest = Object.entries(fields).map(([name, value]) => pair(name, value));
  return { about: functionName, came: word(event ?? level ?? ''), rest };
}

function counts({ seen, inserted, upgraded, pages }: Entry): string {
  const parts = [
    ['seen', seen],
    ['inserted', inserted],
    ['upgraded', upgraded],
    [pages === 1 ? 'page' : 'pages', pages],
  ];
  return parts.flatMap(([name, count]) => (typeof count === 'number' ? [`${count} ${name}`] : [])).join(', ');
}

function windowOf({ from, to }: Entry): string | undefined {
  return from === undefined || to === undefined ? undefined : `${pair('from', from)} ${pair('to', to)}`;
}

function seconds(milliseconds: unknown): string | undefined {
  return typeof milliseconds === 'number' ? `in ${(milliseconds / 1000).toFixed(1)} s` : undefined;
}

function pair(name: string, value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : `${name}=${shown(value)}`;
}

function word(value: unknown): string {
  return shown(value) ?? '';
}

/** A value in one line. What others sent must not steer the terminal. */
function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}

function parse(text: string): Entry | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Entry;
  } catch {
    return undefined;
  }
}

function timeOf(at: unknown, now: () => Date): string {
  const given = typeof at === 'string' ? new Date(at) : now();
  return `${(Number.isNaN(given.getTime()) ? now() : given).toISOString().slice(11, 19)}Z`;
}
