import Table from 'cli-table3';
import { shortId, shown } from './text.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => unknown;
  /** Adds colour to the shown text. */
  readonly paint?: (text: string, row: Row) => string;
  /** The least width that it may shrink to; without it, it keeps its width. */
  readonly least?: number;
  /** As long as less of it would be shown, ids are cut and spare columns are left out (default: `least`). */
  readonly enough?: number;
  /** True for an id, which is cut to its first characters where there is no room. */
  readonly id?: true;
  /** True for a column that is left out where there is no room. */
  readonly spare?: true;
  readonly right?: true;
}

/** A table, and whether it lacks ids or the ends of ids. */
export interface Drawn {
  readonly text: string;
  readonly lacksIds: boolean;
}

const GAP = 2;

/**
 * Rows as text, no line wider than the terminal. Words are what people read, so while too little of them would be
 * shown, ids are cut and spare columns are left out, from the right; then words shrink as far as they may. If that does
 * not fit, each row becomes a block of lines with all its columns, without empty values.
 *
 * @param width in characters; infinite without a terminal
 */
export function drawTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paintHead: (text: string) => string = (text) => text,
): Drawn {
  let left = columns;
  let lacksIds = false;
  for (;;) {
    const whole = grid(left, rows, paintHead);
    if (total(whole.widths) <= width) return { text: whole.text, lacksIds };
    const yields = left.findLastIndex(({ id, spare }) => id || spare);
    const floors = yields < 0 ? leastOf(left) : leastOf(left).map((least, index) => left[index]?.enough ?? least);
    const fitting = narrowed(whole.widths, floors, width);
    if (fitting) return { text: grid(left, rows, paintHead, fitting).text, lacksIds };
    const yielding = left[yields];
    if (yielding === undefined) return { text: blocks(columns, rows, paintHead), lacksIds: false };
    lacksIds ||= yielding.id === true;
    left = yielding.id ? left.with(yields, cut(yielding)) : left.toSpliced(yields, 1);
  }
}

function cut<Row>({ id: _, ...column }: Column<Row>): Column<Row> {
  return { ...column, of: (row) => shortId(shown(column.of(row))) };
}

function cellsOf<Row>(column: Column<Row>, rows: readonly Row[]): readonly string[] {
  return rows.map((row) => {
    const text = shown(column.of(row));
    return column.paint ? column.paint(text, row) : text;
  });
}

function grid<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  paintHead: (text: string) => string,
  widths?: readonly number[],
) {
  const table = new Table({
    head: columns.map(({ head }) => paintHead(head)),
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
    ...(widths && { colWidths: [...widths] }),
  });
  const cells = columns.map((column) => cellsOf(column, rows));
  table.push(...rows.map((_, index) => cells.map((column) => column[index] ?? '')));
  const lines = table.toString().split('\n');
  return { text: lines.map((line) => line.trimEnd()).join('\n'), widths: table.options.colWidths.map(Number) };
}

function blocks<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  paintHead: (text: string) => string,
): string {
  const drawn = columns.map((column) => ({ head: paintHead(column.head), texts: cellsOf(column, rows) }));
  const block = (index: number) =>
    drawn.flatMap(({ head, texts }) => (texts[index] ? [`${head} ${texts[index]}`] : [])).join('\n');
  return rows.map((_, index) => block(index)).join('\n\n');
}

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
};

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
}

function leastOf<Row>(columns: readonly Column<Row>[]): readonly number[] {
  return columns.map(({ least }) => least ?? Number.POSITIVE_INFINITY);
}

/** Takes one character at a time from the widest column that is wider than its floor. */
function narrowed(natural: readonly number[], floors: readonly number[], width: number): number[] | undefined {
  const widths = [...natural];
  while (total(widths) > width) {
    const giving = widths
      .map((_, index) => index)
      .filter((index) => (widths[index] ?? 0) > (floors[index] ?? 0))
      .sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0))[0];
    if (giving === undefined) return undefined;
    widths[giving] = (widths[giving] ?? 0) - 1;
  }
  return widths;
}
