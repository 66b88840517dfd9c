import type { Message } from '../porting/message.ts';

/**
 * Slack's limits (docs.slack.dev, "Blocks" and "Text object"): a header has 150 characters, the text of a section
 * 3,000, and a message 50 blocks. A message beyond one of them is refused as a whole.
 */
const LONGEST_HEADER = 150;
const LONGEST_TEXT = 3_000;
const MOST_BLOCKS = 50;

/**
 * A message as Slack's incoming webhooks take it. Foreign text stands in `plain_text`, where Slack reads no markup;
 * `text` is what a notification shows.
 */
export function slackMessage({ subject, sections }: Message) {
  const header = { type: 'header', text: plainText(piecesOf([subject], LONGEST_HEADER)[0] ?? '') };
  const blocks = sections.flatMap(({ heading, lines }) => [
    ...(heading === undefined ? [] : [section({ type: 'mrkdwn', text: `*${escaped(heading)}*` })]),
    ...piecesOf(lines, LONGEST_TEXT).map((text) => section(plainText(text))),
  ]);
  const isWhole = blocks.length < MOST_BLOCKS;
  const shown = isWhole ? blocks : [...blocks.slice(0, MOST_BLOCKS - 2), section(plainText('…'))];
  return { text: escaped(subject), blocks: [header, ...shown] };
}

/** Without `emoji`, `:port:` would become a picture. */
function plainText(text: string) {
  return { type: 'plain_text', text, emoji: false };
}

function section(text: object) {
  return { type: 'section', text };
}

/** Slack reads `<...>` as a link or a mention everywhere, and takes these three as entities. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Lines as escaped texts of at most `most` characters, cut between lines where one fits, and never in a character. */
function piecesOf(lines: readonly string[], most: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const line of lines) {
    const whole = escaped(line);
    if (piece !== '' && piece.length + 1 + whole.length <= most) {
      piece += `\n${whole}`;
      continue;
    }
    if (piece !== '') pieces.push(piece);
    piece = '';
    for (const character of line) {
      const next = escaped(character);
      if (piece.length + next.length > most) {
        pieces.push(piece);
        piece = '';
      }
      piece += next;
    }
  }
  return piece === '' ? pieces : [...pieces, piece];
}
