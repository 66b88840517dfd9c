/** A message to people, in no channel's own form: every line is plain text without control characters. */
export interface Message {
  /** Under 100 characters: mail by SNS takes no more. */
  readonly subject: string;
  readonly sections: readonly MessageSection[];
}

export interface MessageSection {
  readonly heading?: string;
  readonly lines: readonly string[];
}

const LONGEST_SUBJECT = 99;
/** What is left of a part that had to be cut must still say something. */
const SHORTEST_PART = 12;

/**
 * A subject of parts; some of them may be cut to fit, the longest first.
 *
 * @param parts the ones to cut are in an array of their own
 */
export function subjectOf(...parts: readonly (string | readonly [string])[]): string {
  const fixed = parts.map((part) => (typeof part === 'string' ? part : part[0]));
  const isCut = parts.map((part) => typeof part !== 'string');
  for (;;) {
    const subject = fixed.join('').trim();
    if (subject.length <= LONGEST_SUBJECT) return subject;
    const lengths = fixed.map((part, index) => (isCut[index] ? part.length : 0));
    const longest = lengths.indexOf(Math.max(...lengths));
    const characters = [...(fixed[longest] ?? '')];
    if (characters.length <= SHORTEST_PART) return [...subject].slice(0, 48).join('');
    // Whole characters, and the mark that closes right-to-left text stays.
    const end = characters.at(-1) === '\u2069' ? ['\u2069'] : [];
    const body = characters.slice(0, characters.length - end.length).filter((one) => one !== '…');
    fixed[longest] = [...body.slice(0, -1), '…', ...end].join('');
  }
}

/** The message as text: for mail, and for a terminal. */
export function textOfMessage({ subject, sections }: Message): string {
  const blocks = sections.map(({ heading, lines }) =>
    [...(heading === undefined ? [] : [`${heading}:`]), ...lines.map((line) => (heading ? `  ${line}` : line))].join(
      '\n',
    ),
  );
  return [subject, ...blocks].join('\n\n');
}

/** `1 order`, `2 orders`. */
export function howMany(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
