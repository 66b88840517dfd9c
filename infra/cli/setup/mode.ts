/** `set up` does what is missing, `dry-run` says what that would be, `check` says what is missing: both change nothing. */
export type Mode = 'set up' | 'dry-run' | 'check';
