/** How the command line ends: what scripts go by. */
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

/** An error as the API tells it, in Telnyx's format. */
export interface ApiError {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly source?: { readonly parameter?: string };
}

/** A command cannot be done. The message is for people, in one line, and says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly errors: readonly ApiError[];
  /** The same request may succeed a moment later. */
  readonly passes: boolean;
  readonly retryAfterSeconds: number | undefined;
  /** Somebody has told people already. */
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
