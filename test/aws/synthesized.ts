import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { constructId } from '../../infra/aws/names.ts';
import { readSettings } from '../../infra/aws/settings.ts';
import { addStacks } from '../../infra/aws/stacks.ts';
import { type FunctionName, functions } from '../../infra/service.ts';

/** A valid public key whose private half no one has. */
export const samplePublicKey = 'lc3z0MEHkfQ8exwzqqXr/doxt3i16dU+QnvS6mDxhpE=';

export type Resource = { readonly Type: string; readonly Properties: Record<string, unknown> } & Record<
  string,
  unknown
>;

/** What brings in everything that `infra/service.ts` describes: without them, no one is notified. */
const EVERY_CHANNEL = { noticeEmail: 'ports@example.com', chatNotices: 'on' };

/** An app that makes no copies of the functions' code. */
export const newApp = (context: Record<string, unknown> = {}) =>
  new App({ context: { 'aws:cdk:disable-asset-staging': true, ...context } });

/** Both stacks, with the settings given. Notices have every channel unless `context` says otherwise. */
export function synthesized(context: Record<string, unknown> = {}) {
  const app = newApp();
  const stacks = addStacks(app, readSettings({ telnyxPublicKey: samplePublicKey, ...EVERY_CHANNEL, ...context }));
  const data = Template.fromStack(stacks.data);
  const service = Template.fromStack(stacks.service);
  return { app, stacks, data, service, resources: readable(data, service) };
}

/**
 * All resources by readable names: intrinsic functions become text, imports are followed into the data stack, and
 * logical ids lose the hash at their end. `{"Fn::GetAtt": ["EventsD32975C2", "Arn"]}` becomes `<Events.Arn>`.
 */
function readable(data: Template, service: Template): Record<string, Resource> {
  const exported = Object.values(data.toJSON().Outputs).map((output) => {
    const { Export, Value } = output as { Export?: { Name: string }; Value: unknown };
    return [Export?.Name, Value] as const;
  });
  const imports = new Map(exported);
  const plain = (id: string) => id.replace(/[0-9A-F]{8}$/, '');
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length > 0) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, read(each)]));
    if (key === 'Ref') return `<${plain(argument)}>`;
    if (key === 'Fn::GetAtt') return `<${plain(argument[0])}.${argument[1]}>`;
    if (key === 'Fn::ImportValue') return read(imports.get(argument) ?? `import of ${argument}, which is not exported`);
    if (key === 'Fn::Join') return (read(argument[1]) as string[]).join(argument[0]);
    return key ? { [key]: read(argument) } : {};
  };
  const all = { ...data.toJSON().Resources, ...service.toJSON().Resources };
  return Object.fromEntries(Object.entries(all).map(([id, resource]) => [plain(id), read(resource) as Resource]));
}

/** The resources of a type, by name. */
export function ofType(resources: Record<string, Resource>, type: string): Record<string, Resource> {
  return Object.fromEntries(Object.entries(resources).filter(([, resource]) => resource.Type === type));
}

/** A resource that must be there. */
export function named(resources: Record<string, Resource>, name: string): Resource {
  const found = resources[name];
  if (!found) throw new Error(`no ${name} among ${Object.keys(resources).join(', ')}`);
  return found;
}

/** The functions' names and what their resources are called. */
export const functionNames = (Object.keys(functions) as FunctionName[]).map(
  (name) => [name, constructId(name)] as const,
);
