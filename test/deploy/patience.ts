/**
 * Milliseconds that the rehearsal waits for anything that must happen. Each thing takes seconds at most, and minutes on
 * a busy machine. Anything that takes longer has hung.
 */
export const PATIENCE = 5 * 60_000;
