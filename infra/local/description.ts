import type { Route, Schedule, ServiceFunction, SettingName, Table } from '../service.ts';

/** A function as this host needs it: `infra/service.ts` without its closed sets of names, so that a test can describe its own. */
export interface FunctionDescription extends Omit<ServiceFunction, 'environment' | 'tables'> {
  readonly environment: Readonly<
    Record<string, { readonly table: string } | { readonly secret: string } | { readonly setting: SettingName }>
  >;
}

/** What this host runs. `infra/service.ts`, imported as a whole, is one. */
export interface ServiceDescription {
  readonly tables: Readonly<Record<string, Table>>;
  readonly functions: Readonly<Record<string, FunctionDescription>>;
  readonly webhook: { readonly function: string; readonly localPath: string };
  readonly routes: readonly (Omit<Route, 'function'> & { readonly function: string })[];
  readonly schedules: readonly (Omit<Schedule, 'function'> & { readonly function: string })[];
}

/** What the names in a function's environment stand for on this machine. */
export interface Names {
  readonly tableName: (table: string) => string;
  readonly secretId: (secret: string) => string;
  readonly settings: Readonly<Record<SettingName, string>>;
}

/** The variables of a function's own environment, each with its value on this machine. */
export function resolveEnvironment(described: FunctionDescription, names: Names): Record<string, string> {
  return Object.fromEntries(
    Object.entries(described.environment).map(([variable, value]) => {
      if ('table' in value) return [variable, names.tableName(value.table)];
      if ('secret' in value) return [variable, names.secretId(value.secret)];
      return [variable, names.settings[value.setting]];
    }),
  );
}
