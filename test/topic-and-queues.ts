import { text } from 'node:stream/consumers';
import { serve } from '../infra/local/loopback-server.ts';

/** A message that was published to the topic. */
export interface Published {
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
}

/** SNS and SQS, as far as watch-ledger uses them. Tests change their state. */
export interface TopicAndQueues {
  readonly endpoint: string;
  readonly published: readonly Published[];
  /** The messages in a queue that wait, and those that were received, by the end of the queue's URL. */
  readonly messages: Map<string, readonly [waiting: number, received: number]>;
  topicIsDown: boolean;
  queuesAreDown: boolean;
  readonly close: () => Promise<void>;
}

/** What SNS refuses a subject for: its documentation asks for ASCII, on one line, and fewer than 100 characters. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,98}$/;

/** Answers Publish and GetQueueAttributes over HTTP, on a free port of this machine. */
export async function startTopicAndQueues(): Promise<TopicAndQueues> {
  const published: Published[] = [];

  function publish(form: URLSearchParams): [status: number, body: string] {
    const [topic, subject, message] = ['TopicArn', 'Subject', 'Message'].map((name) => form.get(name) ?? '');
    const fault = aws.topicIsDown ? 'InternalError' : SUBJECT.test(subject ?? '') ? undefined : 'InvalidParameter';
    if (fault !== undefined) {
      const status = fault === 'InternalError' ? 500 : 400;
      return [status, `<ErrorResponse><Error><Code>${fault}</Code><Message>no</Message></Error></ErrorResponse>`];
    }
    published.push({ topic: topic ?? '', subject: subject ?? '', message: message ?? '' });
    return [200, '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>'];
  }

  function count(body: string): [status: number, body: string] {
    if (aws.queuesAreDown) return [500, JSON.stringify({ __type: 'InternalFailure', message: 'no' })];
    const { QueueUrl, AttributeNames } = JSON.parse(body) as { QueueUrl: string; AttributeNames: string[] };
    const [waiting, received] = aws.messages.get(new URL(QueueUrl).pathname.slice(1)) ?? [0, 0];
    const all: Record<string, string> = {
      ApproximateNumberOfMessages: String(waiting),
      ApproximateNumberOfMessagesNotVisible: String(received),
    };
    return [200, JSON.stringify({ Attributes: Object.fromEntries(AttributeNames.map((name) => [name, all[name]])) })];
  }

  const { url, close } = await serve(async (request, response) => {
    // See faulty-engine.ts.
    response.sendDate = false;
    const body = await text(request);
    const isQueue = request.headers['x-amz-target'] === 'AmazonSQS.GetQueueAttributes';
    const [status, answer] = isQueue ? count(body) : publish(new URLSearchParams(body));
    response.writeHead(status, { 'content-type': isQueue ? 'application/x-amz-json-1.0' : 'text/xml' }).end(answer);
  });
  const aws: TopicAndQueues = {
    endpoint: url,
    published,
    messages: new Map(),
    topicIsDown: false,
    queuesAreDown: false,
    close,
  };
  return aws;
}
