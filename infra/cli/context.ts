import { type Command, InvalidArgumentError } from 'commander';
import { PORTING_ORDER_FAMILY } from '../../functions/porting/event.ts';
import type { Api } from './api.ts';
import type { ExitCode } from './failure.ts';
import { ALLOWED_INSTANTS, readInstant } from './instants.ts';
import type { Screen } from './screen.ts';
import type { Surroundings } from './surroundings.ts';

/** What every command works with. */
export interface Context {
  readonly api: Api;
  readonly screen: Screen;
  readonly surroundings: Surroundings;
}

/** Runs a parsed command. */
export type Run = (work: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** Adds one or more commands. */
export type AddCommands = (program: Command, run: Run) => void;

/** How users call this program, for messages that name a command: in the repository, or from the package. */
export const LEDGER = import.meta.filename.endsWith('.ts') ? 'npm run ledger --' : 'npx port-in-ledger';

export const DEFAULT_LIMIT = 50;
export const LIMIT = ['--limit <n>', `at most this many rows (default: ${DEFAULT_LIMIT})`, positive] as const;
export const FROM = ['--from <when>', `since: ${ALLOWED_INSTANTS}`, start] as const;
export const TO = ['--to <when>', 'until, itself included; a whole day to its end', end] as const;
export const TYPE = [
  '--type <type>',
  'event type; status_changed stands for porting_order.status_changed',
  eventType,
] as const;
export const TYPES = [
  '--type <types>',
  'event types, comma-separated or one by one: status_changed,new_comment',
  (text: string, before: readonly string[] = []) => [...before, ...eventTypes(text)],
] as const;
export const ORDER = ['--order <id>', 'porting order'] as const;

/** The values of the four filters above. */
export interface Selection {
  readonly type?: string;
  readonly order?: string;
  readonly from?: string;
  readonly to?: string;
}

function positive(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

function start(text: string): string {
  return instantOr(readInstant(text, false, Date.now()));
}

function end(text: string): string {
  return instantOr(readInstant(text, true, Date.now()));
}

function instantOr(read: string | undefined): string {
  if (read !== undefined) return read;
  throw new InvalidArgumentError(`It must be ${ALLOWED_INSTANTS}.`);
}

function eventType(text: string): string {
  return text.includes('.') ? text : `${PORTING_ORDER_FAMILY}${text}`;
}

function eventTypes(text: string): readonly string[] {
  const types = text.split(',');
  if (types.includes('')) throw new InvalidArgumentError('It must be event types, with one comma between two.');
  return types.map(eventType);
}

/** The API's filters for a selection of events. */
export function filtersOf({ type, order, from, to }: Selection) {
  return {
    'filter[type]': type,
    'filter[porting_order_id]': order,
    'filter[created_at][gte]': from,
    'filter[created_at][lte]': to,
  };
}

/** Refuses a selection whose end is before its beginning. */
export function refuseBackwards(command: Command, { from, to }: Selection): void {
  if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to)) {
    command.error('error: --from is later than --to, which is now unless it is given');
  }
}
