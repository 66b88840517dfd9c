import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CachedSecret } from '../../functions/lambda/secret.ts';
import { type ChatWebhooks, openChannels, readChatWebhooks } from '../../functions/notify-people/channels.ts';
import { slackMessage } from '../../functions/notify-people/slack.ts';
import { teamsMessage } from '../../functions/notify-people/teams.ts';
import type { Message } from '../../functions/porting/message.ts';
import { serve } from '../../infra/local/loopback-server.ts';
import { passDeadlines } from '../own-time.ts';
import { startTopicAndQueues } from '../topic-and-queues.ts';

const HELLO: Message = {
  subject: 'Refused: port-4711 - LOA illegible - fix by Thu 10 Dec',
  sections: [{ lines: ['Telnyx refused this order.'] }, { heading: 'What Telnyx says', lines: ['<b> & *this*'] }],
};

/** Messages as the composers make them: whole lines, of any foreign text. */
const anyMessage: fc.Arbitrary<Message> = fc.record({
  subject: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  sections: fc.array(
    fc.record({
      heading: fc.constantFrom('The order', 'Refused (12)'),
      lines: fc.array(
        fc.oneof(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
          fc.constantFrom('&'.repeat(2_000), '<!channel>', '😀'.repeat(1_000), '*a* _b_ `c` [d](https://e)'),
        ),
        { minLength: 1, maxLength: 40 },
      ),
    }),
    { maxLength: 20 },
  ),
});

type Block = { readonly type: string; readonly text: { readonly type: string; readonly text: string } };

describe('Slack', () => {
  test('gets a header, headings, and foreign text as text', () => {
    expect(slackMessage(HELLO)).toEqual({
      text: HELLO.subject,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: HELLO.subject, emoji: false } },
        { type: 'section', text: { type: 'plain_text', text: 'Telnyx refused this order.', emoji: false } },
        { type: 'section', text: { type: 'mrkdwn', text: '*What Telnyx says*' } },
        { type: 'section', text: { type: 'plain_text', text: '&lt;b&gt; &amp; *this*', emoji: false } },
      ],
    });
  });

  // https://docs.slack.dev/reference/block-kit/blocks: 50 blocks, 150 characters in a header, 3,000 in a section.
  test('never gets more than it takes, and no mention', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { text, blocks } = slackMessage(message);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const [index, block] of (blocks as Block[]).entries()) {
          expect(block.text.text.length).toBeGreaterThan(0);
          expect(block.text.text.length).toBeLessThanOrEqual(index === 0 ? 150 : 3_000);
        }
        expect(JSON.stringify([text, blocks])).not.toMatch(/[<>]/);
        // No entity is cut.
        expect(JSON.stringify(blocks).replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
        expect(JSON.stringify(blocks).isWellFormed()).toBe(true);
      }),
    );
  });

  test('loses nothing of a message that fits', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `${index} & ${'x'.repeat(90)}`);
    const { blocks } = slackMessage({ subject: 'Many', sections: [{ lines }] });
    const shown = (blocks as Block[]).slice(1).map(({ text }) => text.text.replaceAll('&amp;', '&'));
    expect(shown.join('\n')).toBe(lines.join('\n'));
  });
});

describe('Teams', () => {
  test('gets one adaptive card of version 1.4, with text runs', () => {
    const run = (text: string, look = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...look }] });
    expect(teamsMessage(HELLO)).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            fallbackText: HELLO.subject,
            msteams: { width: 'Full' },
            body: [
              run(HELLO.subject, { weight: 'Bolder', size: 'Medium' }),
              { ...run('Telnyx refused this order.'), spacing: 'Small' },
              { ...run('What Telnyx says', { weight: 'Bolder' }), spacing: 'Medium' },
              { ...run('<b> & *this*'), spacing: 'Small' },
            ],
          },
        },
      ],
    });
  });

  // learn.microsoft.com, "Create incoming webhooks": 28 KB; a client saw it counted in UTF-16.
  test('never gets more than 28 KB, in UTF-16', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const json = JSON.stringify(teamsMessage(message));
        expect(Buffer.byteLength(json, 'utf16le')).toBeLessThan(28_000);
        expect(json.isWellFormed()).toBe(true);
      }),
    );
  });

  test('shows that a card was cut', () => {
    const lines = Array.from({ length: 400 }, () => 'x'.repeat(100));
    const { body } = teamsMessage({ subject: 'Many', sections: [{ lines }] }).attachments[0]?.content ?? {};
    expect(JSON.stringify(body?.at(-1))).toContain('…');
    expect(body?.length).toBeGreaterThan(50);
  });
});

/** A chat that answers with this status. */
async function startChat(answer: { status: number; location?: string } | (() => void)) {
  const got: { readonly path: string | undefined; readonly type: string | undefined; readonly body: unknown }[] = [];
  const { url, close } = await serve(async (request, response) => {
    const body: unknown = JSON.parse(await text(request));
    got.push({ path: request.url, type: request.headers['content-type'], body });
    if (typeof answer === 'function') return answer();
    const { status, location } = answer;
    response.writeHead(status, location === undefined ? {} : { location }).end('no_text');
  });
  onTestFinished(close);
  return { url, got };
}

function secretOf(webhooks: ChatWebhooks) {
  const wasRefused = vi.fn(() => {});
  const secret: CachedSecret<ChatWebhooks> = Object.assign(async () => webhooks, { wasRefused });
  return { secret, wasRefused };
}

const chat = (name: string, secret: CachedSecret<ChatWebhooks>) => {
  const found = openChannels(undefined, secret).find((channel) => channel.name === name);
  return found ?? expect.fail(name);
};

describe('a chat', () => {
  test.each([
    ['slack', slackMessage(HELLO)],
    ['teams', teamsMessage(HELLO)],
  ] as const)('%s is posted to, as JSON', async (name, expected) => {
    const { url, got } = await startChat({ status: 202 });
    await chat(name, secretOf({ [name]: `${url}/hook?code=1` }).secret).send(HELLO);
    expect(got).toEqual([{ path: '/hook?code=1', type: 'application/json; charset=utf-8', body: expected }]);
  });

  test('that no one has set gets nothing', async () => {
    const { url, got } = await startChat({ status: 200 });
    await chat('teams', secretOf({ slack: url }).secret).send(HELLO);
    expect(got).toEqual([]);
  });

  test.each([
    400, 403, 404, 410, 429, 500, 302,
  ])('that answers %i has not got it, and its address is read again', async (status) => {
    const elsewhere = await startChat({ status: 200 });
    const { url } = await startChat({ status, location: elsewhere.url });
    const { secret, wasRefused } = secretOf({ slack: url });
    await expect(chat('slack', secret).send(HELLO)).rejects.toThrow(new Error(`HTTP ${status}`));
    expect(wasRefused).toHaveBeenCalledTimes(1);
    expect(elsewhere.got).toEqual([]);
  });

  test('that hangs is given up after five seconds', async () => {
    const { url } = await startChat(() => passDeadlines(5_000));
    const sent = chat('slack', secretOf({ slack: url }).secret).send(HELLO);
    await expect(sent).rejects.toThrow(new Error('no answer (TimeoutError)'));
  });

  test('that is gone is named in no message', async () => {
    const gone = await serve(async () => {});
    await gone.close();
    const sent = chat('slack', secretOf({ slack: `${gone.url}/hush` }).secret).send(HELLO);
    await expect(sent).rejects.toThrow(new Error('no answer (ECONNREFUSED)'));
  });
});

describe('a mail', () => {
  test.each([
    ['Refused: Münchner Straße - LOA illegible', 'Refused: Munchner Stra?e - LOA illegible'],
    ['Refused: \u2068مرجع 12\u2069 - LOA', 'Refused: ? 12 - LOA'],
    [`Refused: ${'…'.repeat(60)}`, `Refused: ${'.'.repeat(87)}...`],
  ])('with the subject %j keeps to what SNS takes, and has the whole subject in its text', async (subject, taken) => {
    const aws = await startTopicAndQueues();
    onTestFinished(aws.close);
    const onLambda = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    for (const [name, value] of Object.entries({ ...onLambda, AWS_ENDPOINT_URL_SNS: aws.endpoint }))
      vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const [mail] = openChannels('arn:aws:sns:us-east-1:000000000000:notices', undefined);
    await mail?.send({ ...HELLO, subject });
    const [{ message, ...published } = expect.fail('nothing was published')] = aws.published;
    expect(published).toEqual({ topic: 'arn:aws:sns:us-east-1:000000000000:notices', subject: taken });
    expect(message.split('\n\n')).toEqual([subject, 'Telnyx refused this order.', 'What Telnyx says:\n  <b> & *this*']);
  });
});

describe('the addresses of chats', () => {
  const SLACK = 'https://hooks.slack.com/services/T0/B0/secret';
  const TEAMS = 'https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=secret';

  test.each([
    [{ slack: SLACK }],
    [{ teams: ` ${TEAMS} ` }],
    [{ slack: 'http://127.0.0.1:9/slack', teams: TEAMS }],
  ])('%j are read', (given) => {
    expect(Object.keys(readChatWebhooks(JSON.stringify(given)))).toEqual(Object.keys(given));
  });

  test.each([
    '',
    SLACK,
    '{}',
    '[]',
    'null',
    `{"Slack": "${SLACK}"}`,
    `{"slack": ["${SLACK}"]}`,
    '{"slack": "http://hooks.slack.com/secret"}',
    '{"teams": "https://me:secret@teams.example"}',
    '{"teams": "secret"}',
    `{"slack": "${SLACK}", "mail": "a@b.example"}`,
  ])('%j is refused, and not repeated', (given) => {
    let said = '';
    try {
      readChatWebhooks(given);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(/^(is not the addresses of chats: set it to|has for (slack|teams) what is not the address)/);
    expect(said).not.toContain('secret');
  });
});
