import { Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { type DeployedMetric, readBy } from './cloudwatch.ts';
import { ofType, type Resource, synthesized } from './synthesized.ts';

const { resources } = synthesized();
const read = Object.values(ofType(resources, 'AWS::CloudWatch::Alarm')).flatMap(({ Properties }) => readBy(Properties));
const ofAws = read.filter(({ Namespace }) => Namespace.startsWith('AWS/'));

const stack = new Stack();
const code = lambda.Code.fromInline('exports.handler = () => {};');
const aFunction = new lambda.Function(stack, 'F', {
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code,
});
const aQueue = new sqs.Queue(stack, 'Q');
const anApi = new HttpApi(stack, 'A');

const nameOf = ({ namespace, metricName, dimensions = {} }: Metric) =>
  `${namespace} ${metricName} by ${Object.keys(dimensions).sort().join(', ')}`;

/** The metrics that AWS writes about a resource of each type, from CDK's own constructs. */
const known: Readonly<Record<string, readonly string[]>> = {
  'AWS::Lambda::Function': [
    nameOf(aFunction.metricThrottles()),
    // CDK knows none for a function URL. Lambda Developer Guide, "CloudWatch metrics for function URLs".
    'AWS/Lambda Url5xxCount by FunctionName',
  ],
  'AWS::SQS::Queue': [nameOf(aQueue.metricApproximateNumberOfMessagesVisible())],
  'AWS::ApiGatewayV2::Api': [nameOf(anApi.metricServerError())],
};

/** The resource that a metric is about, by the dimension that names it. */
function subjectOf({ Dimensions }: DeployedMetric): { id: string; resource: Resource | undefined } {
  const { Value = '' } = Dimensions.find(({ Name }) => /^(FunctionName|QueueName|ApiId)$/.test(Name)) ?? {};
  const id = Value.replace(/^<(\w+)(?:\.QueueName)?>$/, '$1');
  return { id, resource: resources[id] };
}

test('every failure queue has an alarm', () => {
  const watched = ofAws.filter(({ Namespace }) => Namespace === 'AWS/SQS').map((metric) => subjectOf(metric).id);
  expect(watched.sort()).toEqual(Object.keys(ofType(resources, 'AWS::SQS::Queue')).sort());
});

test('all but one are written by AWS', () => {
  expect(read.length - ofAws.length).toBe(1);
});

describe.each(ofAws)('$Namespace $MetricName of $Dimensions', (metric) => {
  const { id, resource } = subjectOf(metric);

  test('is one that AWS writes about a resource of the template', () => {
    expect(resource, id).toBeDefined();
    const dimensions = metric.Dimensions.map(({ Name }) => Name).sort();
    const name = `${metric.Namespace} ${metric.MetricName} by ${dimensions.join(', ')}`;
    expect(known[resource?.Type ?? ''] ?? []).toContain(name);
  });

  test('is written: a metric of URLs is read of a function that has one', () => {
    const urls = Object.values(ofType(resources, 'AWS::Lambda::Url')).map(
      ({ Properties }) => Properties.TargetFunctionArn,
    );
    if (metric.MetricName.startsWith('Url')) expect(urls).toContain(`<${id}.Arn>`);
  });
});
