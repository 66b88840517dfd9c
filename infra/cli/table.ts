import Table from 'cli-table3';
import { shown } from './text.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => unknown;
  /** Adds colour to the shown text. */
  readonly paint?: (text: string, row: Row) => string;
  /** The least width that it may shrink to; without it, it keeps its width. */
  readonly least?: number;
  /** True for a column that is left out where there is no room. */
  readonly spare?: true;
  readonly right?: true;
}

const GAP = 2;

/**
 * Rows as text, no line wider than the terminal. Columns shrink as far as they may, then optional columns are left out,
 * from the right. If the rest still does not fit, each row becomes a block of lines, without empty values.
 *
 * @param width in characters; infinite without a terminal
 */
export function tableText<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paintHead: (text: string) => string = (text) => text,
): string {
  const cells = (column: Column<Row>) =>
    rows.map((row) => {
      const text = shown(column.of(row));
      return column.paint ? column.paint(text, row) : text;
    });
  const draw = (widths: readonly number[] | undefined) => {
    const table = new Table({
      head: columns.map(({ head }) => paintHead(head)),
      chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
      colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
      ...(widths && { colWidths: [...widths] }),
    });
    const drawn = columns.map(cells);
    table.push(...rows.map((_, index) => drawn.map((column) => column[index] ?? '')));
    const lines = table.toString().split('\n');
    return { text: lines.map((line) => line.trimEnd()).join('\n'), widths: table.options.colWidths.map(Number) };
  };

  const whole = draw(undefined);
  if (total(whole.widths) <= width) return whole.text;
  const fitting = narrowed(columns, whole.widths, width);
  if (fitting) return draw(fitting).text;
  const spare = columns.findLastIndex((column) => column.spare);
  if (spare >= 0) return tableText(columns.toSpliced(spare, 1), rows, width, paintHead);
  const drawn = columns.map((column) => ({ head: paintHead(column.head), texts: cells(column) }));
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

/** Takes one character at a time from the widest column that may shrink. */
function narrowed<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  width: number,
): number[] | undefined {
  const widths = [...natural];
  while (total(widths) > width) {
    const giving = widths
      .map((_, index) => index)
      .filter((index) => (widths[index] ?? 0) > (columns[index]?.least ?? Number.POSITIVE_INFINITY))
      .sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0))[0];
    if (giving === undefined) return undefined;
    widths[giving] = (widths[giving] ?? 0) - 1;
  }
  return widths;
}
