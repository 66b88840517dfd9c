import { OVERLAP } from '../../functions/porting/window.ts';
import { assignedTo, type Input, type Write } from './dynamodb.ts';
import type { Engine } from './engine.ts';
import type { Happening } from './lives.ts';

/** A violated invariant. */
export interface Violation {
  /** Its number, or a word: see `INVARIANTS` in report.ts. */
  readonly invariant: string;
  readonly what: string;
  readonly ids: readonly string[];
}

/** What really happened, whatever the ledger makes of it. Instants are milliseconds since 1970. */
export interface Truth {
  /** When the first webhook under an id was stored, by the webhook's id. */
  readonly arrivals: Map<string, number>;
  /** When an event was first stored as listed. */
  readonly listings: Map<string, number>;
  /** Since when, as the ledger knows, webhooks of a type arrive, and when it learned this. */
  readonly channels: Map<string, { readonly knownAt: number; readonly since: string }>;
  /** When the ledger learned that a webhook has the list's id, and when, that it has another one. */
  agreeKnownAt: number | undefined;
  differKnownAt: number | undefined;
  /** When an event expired. */
  readonly hidden: Map<string, number>;
  /** When the row of a webhook's id was joined to the list's row. */
  readonly joined: Map<string, number>;
  /** Rows that were deleted because they had expired. */
  readonly expired: Set<string>;
  readonly violations: Violation[];
  readonly violate: (invariant: string, what: string, ids?: readonly string[]) => void;
  readonly onWrite: (write: Write) => Promise<void>;
}

export function openTruth(engine: Engine, happenings: readonly Happening[], now: () => number): Truth {
  const present = new Set<string>();

  async function checkCursor({ input }: Write): Promise<void> {
    const through = Number(assignedTo(input, 'complete_through')?.N);
    const due = happenings.filter(
      ({ event, createdAt, visibleAt }) =>
        visibleAt <= now() && createdAt <= through - OVERLAP && !present.has(event.id),
    );
    const open = (await engine.rows('control')).filter(({ kind }) => kind?.S === 'open-span');
    const isOpen = (at: number) => open.some(({ from, to }) => at >= Number(from?.N) && at <= Number(to?.N));
    for (const { event, createdAt } of due) {
      if (await engine.row('events', { id: { S: event.id } })) present.add(event.id);
      else if (!isOpen(createdAt))
        truth.violate('I8', `the cursor is at ${new Date(through).toISOString()}`, [event.id]);
    }
  }

  const truth: Truth = {
    arrivals: new Map(),
    listings: new Map(),
    channels: new Map(),
    agreeKnownAt: undefined,
    differKnownAt: undefined,
    hidden: new Map(),
    joined: new Map(),
    expired: new Set(),
    violations: [],
    violate(invariant, what, ids = []) {
      truth.violations.push({ invariant, what, ids });
    },
    async onWrite(write) {
      const { table, id, input, process } = write;
      const sets = (attribute: string) => Boolean(assignedTo(input, attribute));
      const first = (instants: Map<string, number>) => instants.has(id) || instants.set(id, now());
      if (table === 'events') {
        if (process.name.startsWith('receive-webhook') && sets('webhook_first_at')) first(truth.arrivals);
        if (sets('listed_first_at')) first(truth.listings);
        if (sets('expires_at')) first(truth.hidden);
        if (sets('joined_to')) first(truth.joined);
      }
      if (table !== 'control') return;
      const kind = kindOf(input);
      if (kind === 'channel' && !truth.channels.has(id)) {
        truth.channels.set(id, { knownAt: now(), since: assignedTo(input, 'last_at')?.S ?? '' });
      }
      if (kind === 'learned' && sets('agreed_at')) truth.agreeKnownAt ??= now();
      if (kind === 'learned' && sets('differ_at')) truth.differKnownAt ??= now();
      if (kind === 'sync' && sets('complete_through')) await checkCursor(write);
    },
  };
  return truth;
}

function kindOf({ Key, Item }: Input): string | undefined {
  return (Key ?? Item)?.kind?.S;
}
