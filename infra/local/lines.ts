import { styleText } from 'node:util';
import { membersOf } from '../../functions/porting/event.ts';
import { shown } from '../cli/text.ts';
import type { BusEvent } from './put-events.ts';

/** What functions log: one JSON object a line. */
type Entry = Readonly<Record<string, unknown>>;
type Style = Parameters<typeof styleText>[0];

/** A line's columns: its subject, its outcome, and the rest in words. */
interface Line {
  readonly about: string;
  readonly came: string;
  readonly style?: Style | undefined;
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
  recovered: 'green',
  confirmed: 'cyan',
  running: 'cyan',
  duplicate: 'dim',
  ignored: 'dim',
  skipped: 'dim',
  cancelled: 'dim',
  partial: 'yellow',
  refused: 'yellow',
  rejected: 'yellow',
  missed: 'yellow',
  overdue: 'yellow',
  not_found: 'yellow',
  unknown: 'yellow',
  failed: 'red',
};

const SEVERITIES: Readonly<Record<string, Style>> = { act_now: 'red', look_today: 'yellow', know: 'dim' };

const FORMATS: Readonly<Record<string, (entry: Entry) => Line>> = {
  webhook_received: (entry) => ({
    about: 'webhook',
    came: shown(entry.outcome),
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
    rest: [readingOf(entry), windowOf(entry), pair('complete_through', entry.complete_through)],
  }),
  sync_run: (entry) => ({
    about: 'sync',
    came: shown(entry.status),
    rest: [
      readingOf(entry),
      seconds(entry.duration_ms),
      windowOf(entry),
      shown(entry.error),
      pair('run', entry.run_id),
    ],
  }),
  orders_read: (entry) => ({
    about: 'orders',
    came: 'read',
    rest: [counts(entry, 'read', 'changed', 'listed')],
  }),
  orders_not_read: ({ error }) => ({ about: 'orders', came: 'failed', rest: ['not read:', shown(error)] }),
  republish: (entry) => ({
    about: 'republish',
    came: shown(entry.outcome),
    rest: [pair('event', entry.id), pair('by', entry.caller)],
  }),
  publish: (entry) => ({
    about: 'publish',
    came: entry.events === 0 ? 'failed' : 'partial',
    rest: [counts(entry, 'events', 'waiting', 'failed', 'missed', 'recovered'), pair('trigger', entry.trigger)],
  }),
  notification_missed: (entry) => notification('missed', entry),
  notification_recovered: (entry) => notification('recovered', entry),
  order_overdue: ({ order, status }) => ({
    about: 'order',
    came: 'overdue',
    rest: [shown(status), pair('order', order)],
  }),
  job: (entry) => ({
    about: 'job',
    came: shown(entry.status),
    rest: [
      pair('done', typeof entry.total === 'number' ? `${entry.done ?? 0}/${entry.total}` : entry.done),
      counts(entry, 'sent', 'not_found', 'failed', 'unknown'),
      pair('job', entry.id),
    ],
  }),
  finding: ({ severity, code, what }) => ({
    about: 'finding',
    came: 'appeared',
    style: SEVERITIES[shown(severity)],
    rest: [`${shown(code)}:`, shown(what)],
  }),
  finding_over: ({ code }) => ({ about: 'finding', came: 'over', style: 'green', rest: [shown(code)] }),
  healing: ({ id, outcome }) => ({ about: 'healing', came: shown(outcome), rest: [pair('event', id)] }),
  message_not_sent: ({ channel, error }) => ({ about: 'notice', came: 'failed', rest: [shown(channel), shown(error)] }),
};

/**
 * Turns a line that a function wrote into a readable one: time (UTC), subject, outcome, details. An entry of an unknown
 * kind is shown with all its fields, and text that is not an entry is shown as it is. Metrics are not shown.
 */
export function readableLine(functionName: string, text: string, options: LineOptions): string | undefined {
  const entry = parse(text);
  if (!entry) return render({ about: functionName, came: '', rest: [shown(text)] }, undefined, options);
  // CloudWatch's embedded metric format, which only machines read.
  if ('_aws' in entry) return undefined;
  // Each of the events has its own line, from the bus.
  if (entry.event === 'publish' && !entry.failed) return undefined;
  // Each message has its own line, from where it would be sent.
  if (entry.event === 'message_sent' || entry.event === 'notices') return undefined;
  const line = FORMATS[String(entry.event)]?.(entry) ?? generic(functionName, entry);
  const ofLevel = entry.level === 'error' ? 'red' : entry.level === 'warn' ? 'yellow' : undefined;
  return render({ ...line, style: line.style ?? STYLES[line.came] ?? ofLevel }, entry.at, options);
}

/** The line of an event on the bus: its type, the order's status after it, the order and its revision. */
export function busLine({ 'detail-type': type, detail }: BusEvent, options: LineOptions): string {
  const order = membersOf(detail.order);
  const rest = [
    shown(membersOf(order.status).value),
    pair('order', order.id ?? membersOf(detail.event).porting_order_id),
    pair('run', membersOf(detail.run).run_id),
    shown(detail.code),
    pair('revision', detail.revision),
  ];
  return render({ about: 'bus', came: shown(type), style: 'magenta', rest }, undefined, options);
}

/** The line of a message to people: its subject. The rest of it is at /_local/notices. */
export function noticeLine(subject: string, options: LineOptions): string {
  return render({ about: 'notice', came: '', style: 'cyan', rest: [shown(subject)] }, undefined, options);
}

function render(
  { about, came, style, rest }: Line,
  at: unknown,
  { colour, now = () => new Date() }: LineOptions,
): string {
  const paint = (part: string, how: Style | undefined): string =>
    colour && how ? styleText(how, part, { validateStream: false }) : part;
  const columns = [paint(timeOf(at, now), 'dim'), about.padEnd(9), ...(came ? [paint(came.padEnd(9), style)] : [])];
  return [...columns, ...rest.filter(Boolean)].join(' ').trimEnd();
}

function generic(functionName: string, { level, event, at: _, ...fields }: Entry): Line {
  const rest = Object.entries(fields).map(([name, value]) => pair(name, value));
  return { about: functionName, came: shown(event ?? level ?? ''), rest };
}

function notification(came: string, { id, event_type, porting_order_id }: Entry): Line {
  return { about: 'gap', came, rest: [shown(event_type), pair('order', porting_order_id), pair('event', id)] };
}

function readingOf(entry: Entry): string {
  const reading = counts(entry, 'seen', 'inserted', 'upgraded', 'pages');
  return entry.pages === 1 ? reading.replace(/pages$/, 'page') : reading;
}

/** The counts that an entry has, each before its name. */
function counts(entry: Entry, ...names: readonly string[]): string {
  const present = names.filter((name) => typeof entry[name] === 'number');
  return present.map((name) => `${entry[name]} ${name.replaceAll('_', ' ')}`).join(', ');
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
