/** The API's answers, as the functions' own types. Types only: a function's code has no place in a browser. */
export type { Finding } from '../../health/findings.ts';
export type { LedgerEvent } from '../../ledger/events/row.ts';
export type { ShownGap } from '../../ledger/gaps/gap-list.ts';
export type { DayOfGaps } from '../../ledger/gaps/gaps-by-day.ts';
export type { Job } from '../../ledger/jobs/job.ts';
export type { Order } from '../../ledger/orders/order-list.ts';
export type { Rejection } from '../../ledger/rejections/rejection-list.ts';
export type { ShownRun } from '../../ledger/runs/sync-runs.ts';
export type { ShownChannel, ShownSpan } from '../../ledger/status/ledger-status.ts';
export type { ShownDelivery } from '../../query-deliveries/beside.ts';
export type { ShownSummary } from '../../query-events/orders.ts';
export type { ShownStatus } from '../../query-events/status.ts';
export type { DryRun } from '../../start-jobs/selected.ts';
