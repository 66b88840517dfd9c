import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

/** A mail to the subscribers of a topic. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** Sends a mail, or throws. */
export type Mailer = (mail: Mail) => Promise<void>;

/** The topic with this ARN: it mails to its e-mail subscribers, and notifies everyone else who has subscribed. */
export function topicMailer(TopicArn: string): Mailer {
  const client = new SNSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  return async ({ subject: Subject, text: Message }) => {
    await client.send(new PublishCommand({ TopicArn, Subject, Message }));
  };
}
