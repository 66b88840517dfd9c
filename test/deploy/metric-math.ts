import { readFile, writeFile } from 'node:fs/promises';

interface Template {
  readonly Resources: Record<
    string,
    { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }
  >;
}

/**
 * Removes from a template the alarms that read more than one plain metric: MiniStack 1.5.33 refuses them, and the whole
 * stack with them. `npm run test:template` checks their templates, and test/aws checks what they read.
 */
export async function removeMetricMath(path: string): Promise<void> {
  const template = JSON.parse(await readFile(path, 'utf8')) as Template;
  for (const [name, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics) delete template.Resources[name];
  }
  await writeFile(path, JSON.stringify(template));
}
