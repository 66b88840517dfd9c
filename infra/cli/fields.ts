import { shown } from './text.ts';

/** A name, its value, which may have several lines, and how to colour them. */
export type Field = readonly [name: string, value: unknown, paint?: (text: string) => string];

const NAME = 12;
const GAP = '  ';
/** In a narrower column, text is harder to read than lines that the terminal breaks. */
const LEAST = 24;

/**
 * Names and values, one under the other; a field without a value is left out. Long values continue on further lines,
 * so that no word is lost.
 *
 * @param width of the terminal in characters; infinite without one
 */
export function fieldsText(
  fields: readonly Field[],
  width: number,
  paintName: (text: string) => string = (text) => text,
): string {
  return fields
    .flatMap(([name, value, paint = (text) => text]) =>
      linesOf(value, Math.max(LEAST, width - NAME - GAP.length)).map((line, index) =>
        `${paintName((index === 0 ? name : '').padEnd(NAME))}${GAP}${paint(line)}`.trimEnd(),
      ),
    )
    .join('\n');
}

/** The lines of a value, broken between words where they are longer than `width`. */
function linesOf(value: unknown, width: number): string[] {
  const lines = typeof value === 'string' ? value.split(/\r\n|[\n\r\u2028\u2029]/).map(shown) : [shown(value)];
  const last = lines.findLastIndex((line) => line !== '');
  return lines
    .slice(
      lines.findIndex((line) => line !== ''),
      last + 1,
    )
    .flatMap((line) => broken(line, width));
}

function broken(line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
