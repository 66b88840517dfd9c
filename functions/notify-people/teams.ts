import type { Message } from '../porting/message.ts';

/**
 * Teams takes 28 KB in a message (learn.microsoft.com, "Create incoming webhooks") and counts them in UTF-16, as people
 * found who could post 14,000 characters and no more. A tenth is left for what a Workflow adds.
 */
const MOST_CHARACTERS = 12_900;

/**
 * A message as a Workflow of Teams takes it ("When a Teams webhook request is received"): one adaptive card. Version
 * 1.4 is shown by every client of Teams. Its lines are text runs, in which no Markdown is read (since version 1.2).
 */
export function teamsMessage({ subject, sections }: Message) {
  const title = block(subject, { weight: 'Bolder', size: 'Medium' });
  const body = [title];
  let characters = sizeOf(cardOf(subject, body)) + sizeOf(block('…'));
  const blocks = sections.flatMap(({ heading, lines }) => [
    ...(heading === undefined ? [] : [{ ...block(heading, { weight: 'Bolder' }), spacing: 'Medium' }]),
    ...lines.map((line) => ({ ...block(line), spacing: 'Small' })),
  ]);
  for (const next of blocks) {
    characters += sizeOf(next) + 1;
    if (characters > MOST_CHARACTERS) {
      body.push(block('…'));
      break;
    }
    body.push(next);
  }
  return cardOf(subject, body);
}

function cardOf(subject: string, body: readonly object[]) {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: subject,
    msteams: { width: 'Full' },
    body,
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

function block(text: string, look: Readonly<Record<string, string>> = {}) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...look }] };
}

function sizeOf(content: object): number {
  return JSON.stringify(content).length;
}
