/** The metric that watch-ledger writes: how many findings hold. The alarm `silence` watches that it is written. */
export const FINDINGS_METRIC = { namespace: 'PortInLedger', name: 'Findings', dimension: 'Ledger' } as const;
