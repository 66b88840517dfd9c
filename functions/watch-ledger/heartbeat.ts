import { FINDINGS_METRIC } from '../porting/findings-metric.ts';

/**
 * Writes the one metric that the service has, as a line in CloudWatch's embedded metric format, so no call is paid or
 * waited for. It goes out last, and only when a look went through: its silence means that no one judges the ledger.
 *
 * @param findings how many hold
 */
export function writeHeartbeat(ledgerName: string, findings: number, now: number): void {
  const { namespace, name, dimension } = FINDINGS_METRIC;
  const Metrics = [{ Name: name, Unit: 'Count' }];
  const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [[dimension]], Metrics }];
  const line = { _aws: { Timestamp: now, CloudWatchMetrics }, [dimension]: ledgerName, [name]: findings };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
