import { styleText } from 'node:util';
import { type Field, fieldsText } from './fields.ts';
import type { Surroundings } from './surroundings.ts';
import { type Column, drawTable } from './table.ts';
import { harmless, jsonText } from './text.ts';

type Style = Parameters<typeof styleText>[0];

/** The output of a command: results to standard output, everything else to standard error. */
export interface Screen {
  readonly json: boolean;
  /** In characters; infinite without a terminal. */
  readonly width: number;
  /** A line of the result, for people. */
  readonly print: (text?: string) => void;
  readonly table: <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => void;
  /** Names and values, one under the other. */
  readonly fields: (fields: readonly Field[]) => void;
  /** A part of the result as it is, with its own line ends; at a terminal, without what would control it. */
  readonly raw: (text: string) => void;
  /** The result as a JSON document. */
  readonly document: (value: unknown) => void;
  /** The result as one of several JSON documents, one on each line. */
  readonly line: (value: unknown) => void;
  /** Everything that is not the result: notices, questions, errors. */
  readonly say: (text: string) => void;
  /** Adds colour, where colour is allowed. */
  readonly paint: (style: Style | undefined, text: string) => string;
}

/** The screen in these surroundings. */
export function screenOf({ environment, stdout, stderr }: Surroundings, json: boolean): Screen {
  const colour = stdout.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  const width = stdout.isTTY ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  const print = (text = ''): void => void stdout.write(`${text}\n`);
  const say = (text: string): void => void stderr.write(`${text}\n`);
  const paint = (style: Style | undefined, text: string): string =>
    colour && style && text ? styleText(style, text, { validateStream: false }) : text;
  return {
    json,
    width,
    print,
    table(columns, rows) {
      const { text, lacksIds } = drawTable(columns, rows, width, (head) => paint('dim', head));
      print(text);
      if (lacksIds) say(paint('dim', 'No room for whole ids: add | cat to see them.'));
    },
    fields: (fields) => print(fieldsText(fields, width, (text) => paint('dim', text))),
    raw: (text) => void stdout.write(stdout.isTTY ? harmless(text) : text),
    document: (value) => print(jsonText(value, 2)),
    line: (value) => print(jsonText(value)),
    say,
    paint,
  };
}
