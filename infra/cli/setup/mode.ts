/** `set up` does what is missing; `dry-run` says what it would do; `check` says what is missing. The latter change nothing. */
export type Mode = 'set up' | 'dry-run' | 'check';
