/**
 * Milliseconds that the rehearsal waits for anything that must happen. Each thing takes seconds at most; a busy machine may take minutes.
 * What has not happened by then has hung.
 */
export const PATIENCE = 5 * 60_000;
