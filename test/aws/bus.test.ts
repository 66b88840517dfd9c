import { expect, test } from 'vitest';
import { ofType, synthesized } from './synthesized.ts';

const { data, service, resources } = synthesized();

test('there is one bus, with no archive beside the table', () => {
  expect(Object.keys(ofType(resources, 'AWS::Events::EventBus'))).toEqual(['Bus']);
  expect(ofType(resources, 'AWS::Events::Archive')).toEqual({});
});

test('two ledgers of an account have two buses', () => {
  const nameOf = (all: typeof resources) => all.Bus?.Properties.Name;
  expect(nameOf(resources)).toMatch(/^PortInLedger/);
  expect(nameOf(synthesized({ stackPrefix: 'Other' }).resources)).toMatch(/^Other/);
});

test('the bus stays when the service is destroyed: other people’s rules depend on it', () => {
  expect(Object.values(data.findResources('AWS::Events::EventBus'))).toHaveLength(1);
  expect(Object.values(service.findResources('AWS::Events::EventBus'))).toHaveLength(0);
});

test('its name and ARN are outputs', () => {
  expect(data.findOutputs('BusName')).toMatchObject({ BusName: { Value: { Ref: expect.stringMatching(/^Bus/) } } });
  expect(data.findOutputs('BusArn')).toMatchObject({
    BusArn: { Value: { 'Fn::GetAtt': [expect.stringMatching(/^Bus/), 'Arn'] } },
  });
});
