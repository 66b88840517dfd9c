/** The API's answers, as the functions' own types. Types only: no function's code is imported. */
export type { Finding, FindingCode } from '../../functions/health/findings.ts';
export type { LedgerEvent } from '../../functions/ledger/events/row.ts';
export type { ShownGap as Gap } from '../../functions/ledger/gaps/gap-list.ts';
export type { DayOfGaps } from '../../functions/ledger/gaps/gaps-by-day.ts';
export type { Job } from '../../functions/ledger/jobs/job.ts';
export type { JobItem } from '../../functions/ledger/jobs/republish-items.ts';
export type { Order } from '../../functions/ledger/orders/order-list.ts';
export type { Rejection } from '../../functions/ledger/rejections/rejection-list.ts';
export type { ShownRun as SyncRun } from '../../functions/ledger/runs/sync-runs.ts';
export type { ShownDelivery as Delivery } from '../../functions/query-deliveries/beside.ts';
export type { ShownSummary } from '../../functions/query-events/orders.ts';
export type { ShownStatus as Status } from '../../functions/query-events/status.ts';
export type { DryRun } from '../../functions/start-jobs/selected.ts';
