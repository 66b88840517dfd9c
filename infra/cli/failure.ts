/** How the command line ends. Scripts depend on these codes. */
export const EXIT = {
  fine: 0,
  bad: 1,
  usage: 2,
  notAuthorized: 3,
  notFound: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error from the API, in Telnyx's format. */
export interface ApiError {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly source?: { readonly parameter?: string };
}

/** The command cannot be carried out. The message is for people: one line that says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly errors: readonly ApiError[];
  /** True when the same request may succeed a moment later. */
  readonly passes: boolean;
  readonly retryAfterSeconds: number | undefined;
  /** True when the error has been shown already. */
  readonly isSaid: boolean;

  constructor(
    exitCode: ExitCode,
    message: string,
    more: {
      readonly errors?: readonly ApiError[] | undefined;
      readonly passes?: boolean;
      readonly retryAfterSeconds?: number | undefined;
      readonly isSaid?: boolean;
    } = {},
  ) {
    super(message);
    this.exitCode = exitCode;
    this.errors = more.errors ?? [{ detail: message }];
    this.passes = more.passes ?? false;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.isSaid = more.isSaid ?? false;
  }
}
