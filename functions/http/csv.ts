import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { stringify } from 'csv-stringify/sync';

/** A column: its head, and the text of its cells. */
export interface CsvColumn<Row> {
  readonly head: string;
  readonly of: (row: Row) => string | number | null | undefined;
}

/** True if a request prefers CSV. A client that takes both alike gets JSON. */
export function wantsCsv({ headers }: { readonly headers?: Readonly<Record<string, string | undefined>> }): boolean {
  const weights = new Map((headers?.accept ?? '').split(',').map(weightOf));
  const csv = weights.get('text/csv') ?? 0;
  return csv > (weights.get('application/json') ?? 0);
}

/** `text/csv; q=0.5` becomes `['text/csv', 0.5]`. */
function weightOf(range: string): [type: string, weight: number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return [type, weight === undefined ? 1 : Number(weight) || 0];
}

/**
 * An answer in CSV as spreadsheets read it: UTF-8 with a byte order mark, lines that end with CRLF, the columns' heads
 * first. A cell that a spreadsheet would take for a formula begins with an apostrophe.
 *
 * @param next path and query of the next page, for the header `Link`; undefined when there is none
 */
export function csv<Row>(
  columns: readonly CsvColumn<Row>[],
  rows: readonly Row[],
  next: string | undefined,
): APIGatewayProxyStructuredResultV2 {
  const cells = rows.map((row) => columns.map(({ of }) => of(row) ?? ''));
  const heads = columns.map(({ head }) => head);
  return {
    statusCode: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
      ...(next !== undefined && { link: `<${next}>; rel="next"` }),
    },
    body: stringify([heads, ...cells], {
      bom: true,
      record_delimiter: 'windows',
      // Otherwise a comment of several lines, each with a line feed alone, would be several rows.
      quote_record_delimiter: true,
      escape_formulas: true,
    }),
  };
}
