/** What the package exports. */
export type { FunctionName, QueueName, SecretName, TableName } from '../service.ts';
export { PortInLedger } from './port-in-ledger.ts';
export type { PortInLedgerProps } from './props.ts';
export { SettingsError } from './settings-error.ts';
