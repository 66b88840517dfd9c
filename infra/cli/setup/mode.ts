/** `set up` does what is missing; `dry-run` says what it would do, `check` what is missing: neither changes a thing. */
export type Mode = 'set up' | 'dry-run' | 'check';
