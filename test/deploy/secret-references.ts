import { ListSecretsCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Aws } from './aws.ts';

interface Policy {
  readonly Statement: { Resource: string | string[] }[];
}

/**
 * Makes up for one difference between MiniStack 1.5.33 and CloudFormation: `Ref` of a secret is its ARN on AWS, and its
 * name in MiniStack. A policy on a name permits nothing. Puts the ARN that AWS would have used into each policy of the
 * service; the rest of the policy stays as deployed, and is enforced.
 *
 * @returns the number of policies that had to be changed
 */
export async function referToSecretsByArn(aws: Aws, secrets: SecretsManagerClient): Promise<number> {
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const arns = new Map(SecretList.map(({ Name = '', ARN = '' }) => [Name, ARN]));
  let changed = 0;
  const roles = elements(await aws.query('iam', { Action: 'ListRoles' }), 'RoleName');
  for (const RoleName of roles.filter((role) => role.startsWith('PortInLedger-'))) {
    const policies = elements(await aws.query('iam', { Action: 'ListRolePolicies', RoleName }), 'member');
    for (const PolicyName of policies) {
      const answer = await aws.query('iam', { Action: 'GetRolePolicy', RoleName, PolicyName });
      const document = decodeURIComponent(elements(answer, 'PolicyDocument')[0] ?? '');
      const policy: Policy = JSON.parse(document);
      for (const statement of policy.Statement) {
        statement.Resource = [statement.Resource].flat().map((resource) => arns.get(resource) ?? resource);
      }
      const corrected = JSON.stringify(policy);
      if (![...arns.keys()].some((name) => document.includes(`"${name}"`))) continue;
      await aws.query('iam', { Action: 'PutRolePolicy', RoleName, PolicyName, PolicyDocument: corrected });
      changed += 1;
    }
  }
  return changed;
}

/** The texts of all elements of this name. The answers have no attributes and no nesting. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  );
}
