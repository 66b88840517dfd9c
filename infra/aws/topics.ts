import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Topics } from './parts.ts';
import type { Settings } from './settings.ts';

/** Adds the topic of alarms, and that of notices where these are mailed. */
export function addTopics(scope: Construct, settings: Settings): Topics {
  const { noticeEmail } = settings;
  return {
    alarms: addAlarmTopic(scope, settings),
    ...(noticeEmail && { notices: addNoticeTopic(scope, noticeEmail) }),
  };
}

/**
 * Adds the topic of notices. It has no encryption key of ours, which costs a dollar a month: SNS hands a message over
 * at once, and keeps it only while a mail server does not take it.
 */
function addNoticeTopic(scope: Construct, noticeEmail: string): sns.Topic {
  const topic = new sns.Topic(scope, 'Notices', { displayName: 'Porting', enforceSSL: true });
  topic.addSubscription(new EmailSubscription(noticeEmail));
  return topic;
}

/**
 * Adds the topic of findings that cannot wait, and of alarms.
 *
 * It has no encryption key: CloudWatch may not use AWS's own key for SNS, so no alarm would ever arrive, and a key of
 * ours costs a dollar a month to hide what is wrong with a service. Nothing about an order is ever in a message.
 */
function addAlarmTopic(scope: Construct, { alarmEmail, ledgerName }: Settings): sns.Topic {
  const topic = new sns.Topic(scope, 'Alarms', { displayName: ledgerName, enforceSSL: true });
  const stack = Stack.of(scope);
  // A topic with its own policy, which TLS needs, loses the default statement that lets the account's alarms in.
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsOfThisLedger',
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: `${ledgerName}-*`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}
