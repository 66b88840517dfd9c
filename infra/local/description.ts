import type { EnvironmentValue, Route, Rule, Schedule, ServiceFunction, SettingName, Table } from '../service.ts';

/** A function as this host needs it: without the closed sets of names, so that a test can describe its own. */
export interface FunctionDescription extends Omit<ServiceFunction, 'environment' | 'tables'> {
  readonly environment: Readonly<
    Record<
      string,
      | { readonly table: string }
      | { readonly secret: string }
      | Exclude<EnvironmentValue, { readonly table: string } | { readonly secret: string }>
    >
  >;
}

/**
 * What this host runs. `infra/service.ts`, imported as a whole, is one. It has no streams: the embedded engine has
 * none, so schedules of a second or two do what the streams do on AWS.
 */
export interface ServiceDescription {
  readonly tables: Readonly<Record<string, Table>>;
  readonly functions: Readonly<Record<string, FunctionDescription>>;
  readonly webhook: { readonly function: string; readonly path: string };
  readonly routes: readonly (Omit<Route, 'function'> & { readonly function: string })[];
  readonly defaultRoute: { readonly function: string };
  readonly schedules: readonly (Omit<Schedule, 'function'> & { readonly function: string })[];
  readonly rules: readonly (Omit<Rule, 'function'> & { readonly function: string })[];
}

/** The values on this machine for the names in a function's environment. */
export interface Names {
  readonly tableName: (table: string) => string;
  readonly secretId: (secret: string) => string;
  readonly bus: string;
  /** Where notices are published; there is no other topic here. */
  readonly noticeTopic: string;
  readonly settings: Readonly<Record<SettingName, string>>;
}

/** The variables of a function's own environment, each with its value on this machine. */
export function resolveEnvironment(described: FunctionDescription, names: Names): Record<string, string> {
  return Object.fromEntries(
    Object.entries(described.environment).map(([variable, value]) => {
      if ('table' in value) return [variable, names.tableName(value.table)];
      if ('secret' in value) return [variable, names.secretId(value.secret)];
      if ('bus' in value) return [variable, names.bus];
      if ('setting' in value) return [variable, names.settings[value.setting]];
      if ('topic' in value && value.topic === 'notices') return [variable, names.noticeTopic];
      // This machine has neither a topic of alarms nor queues: findings are lines, and failed work is seen as it fails.
      return [variable, 'none'];
    }),
  );
}
