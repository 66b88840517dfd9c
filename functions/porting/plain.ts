/** Control characters, line separators, and marks that change the direction of what follows them. */
const STEERING = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|\ud802[\udc00-\udfff]|\ud83b[\ude00-\udeff]/;

/**
 * Foreign text for people: one line, cut to a number of characters, without anything that could steer what is around
 * it. Right-to-left text stays as it is, but between two marks that keep it from reordering its surroundings.
 *
 * @param most whole characters (code points), the mark of a cut included
 */
export function plain(text: string, most: number): string {
  const line = cut(
    text.toWellFormed().slice(0, LOOKED_AT).replaceAll(STEERING, ' ').replaceAll(/\s+/g, ' ').trim(),
    most,
  );
  return RIGHT_TO_LEFT.test(line) ? `\u2068${line}\u2069` : line;
}

/** What is read of a text: far more than any that is shown, and little enough that 100 KB take no time. */
const LOOKED_AT = 20_000;

/** The same for a text of several lines, which is cut as a whole. Empty lines are left out. */
export function plainLines(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  let left = most;
  for (const line of cut(text.toWellFormed().slice(0, LOOKED_AT), most).split(/\r\n|[\n\r\u2028\u2029]/)) {
    const shown = plain(line, Math.max(1, left));
    if (shown !== '') lines.push(shown);
    left -= [...line].length;
  }
  return lines;
}

/** A text of at most this many characters, which shows that it was cut. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, Math.max(0, most - 1))
        .join('')
        .trimEnd()}…`;
}
