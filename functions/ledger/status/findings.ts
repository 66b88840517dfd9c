import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { all, is, lacks } from '../table/expressions.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn, type Values } from '../table/values.ts';
import { put, remove, update } from '../table/verbs.ts';

/**
 * Findings, in rows of `control` of the kind `finding`. One that holds has its code as the row's id, so that two looks
 * cannot open it twice. Once it is over, its row moves to its own id, and goes when everyone has heard of its end: the
 * code may then appear again, as another finding, even while the bus or the topic is down.
 */
export interface HeldFinding {
  /** Its code and the instant at which it appeared. */
  readonly id: string;
  readonly code: string;
  readonly severity: string;
  /** What is wrong and what to do, as they were when it appeared. */
  readonly what: string;
  readonly do: string;
  readonly since: Timestamp;
  /** Who has heard that it appeared. */
  readonly told: readonly Medium[];
  /** Looks that did not find it, since the last that did. */
  readonly cleanLooks: number;
  /** When it was over, and who has heard of that. */
  readonly overAt: Timestamp | undefined;
  readonly toldOver: readonly Medium[];
}

/** Where a finding is told. */
export const MEDIA = ['bus', 'mail'] as const;
export type Medium = (typeof MEDIA)[number];

/** All findings that hold, or whose end has not been told everywhere. 1 request. */
export async function readFindings(store: Store): Promise<readonly HeldFinding[]> {
  const findings: HeldFinding[] = [];
  for await (const row of readControl(store, 'finding')) findings.push(findingIn(row));
  return findings;
}

/**
 * Opens a finding.
 *
 * @param now milliseconds since 1970
 * @returns `undefined` when another look has opened it
 */
export async function openFinding(
  store: Store,
  {
    code,
    severity,
    what,
    do: advice,
    since,
  }: Pick<HeldFinding, 'code' | 'severity' | 'what' | 'do'> & {
    readonly since: Timestamp | null;
  },
  now: number,
): Promise<HeldFinding | undefined> {
  const at = timestampOf(now);
  const told = { told: [], cleanLooks: 0, overAt: undefined, toldOver: [] };
  const finding = { id: `${code}:${at}`, code, severity, what, do: advice, since: since ?? at, ...told };
  const row = { ...rowOf(finding), ...controlKey('finding', code) };
  return (await put(store, 'control', row, { when: lacks('id') })) ? finding : undefined;
}

/** Records how many looks in a row did not find it; nothing when another look has changed the row since. */
export async function setCleanLooks(store: Store, { id, code, cleanLooks }: HeldFinding, looks: number): Promise<void> {
  await update(store, 'control', controlKey('finding', code), {
    when: all(is('finding', id), is('clean_looks', cleanLooks)),
    set: { clean_looks: looks },
  });
}

/** Ends a finding. Its row moves in two steps: after a death between them, {@link readFindings} gives both rows. */
export async function endFinding(store: Store, finding: HeldFinding, now: number): Promise<HeldFinding> {
  const over = { ...finding, overAt: timestampOf(now) };
  await put(store, 'control', { ...rowOf(over), ...controlKey('finding', over.id) }, { when: lacks('id') });
  await removeOpen(store, finding);
  return over;
}

/** Removes the row of a finding that holds, if it is still this one. */
export async function removeOpen(store: Store, { id, code }: HeldFinding): Promise<void> {
  await remove(store, 'control', controlKey('finding', code), { when: is('finding', id) });
}

/** Records who has heard of a finding and of its end. */
export async function putTold(store: Store, { id, code, overAt, told, toldOver }: HeldFinding): Promise<void> {
  await update(store, 'control', controlKey('finding', overAt === undefined ? code : id), {
    when: is('finding', id),
    set: { ...marks('told', told), ...marks('told_over', toldOver) },
  });
}

/** Forgets a finding whose end everyone has heard of. */
export async function forgetFinding(store: Store, { id }: HeldFinding): Promise<void> {
  await remove(store, 'control', controlKey('finding', id));
}

function rowOf({
  id,
  code,
  severity,
  what,
  do: advice,
  since,
  told,
  cleanLooks,
  overAt,
  toldOver,
}: HeldFinding): Values {
  const marked = { ...marks('told', told), ...marks('told_over', toldOver) };
  return { finding: id, code, severity, what, do: advice, since, clean_looks: cleanLooks, over_at: overAt, ...marked };
}

function marks(name: string, media: readonly Medium[]): Values {
  return Object.fromEntries(media.map((medium) => [`${name}_${medium}`, true]));
}

function findingIn(row: Row): HeldFinding {
  const marked = (name: string) => MEDIA.filter((medium) => row[`${name}_${medium}`]?.BOOL);
  return {
    id: textIn(row, 'finding') ?? idIn(row),
    code: textIn(row, 'code') ?? '',
    severity: textIn(row, 'severity') ?? '',
    what: textIn(row, 'what') ?? '',
    do: textIn(row, 'do') ?? '',
    since: textIn(row, 'since') ?? '',
    told: marked('told'),
    cleanLooks: numberIn(row, 'clean_looks') ?? 0,
    overAt: textIn(row, 'over_at'),
    toldOver: marked('told_over'),
  };
}
