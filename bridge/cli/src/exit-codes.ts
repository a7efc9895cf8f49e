export const exitCodes = {
  done: 0,
  /** The work failed, or something was lost. */
  failed: 1,
  /** The command line cannot be understood. */
  usage: 2,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A command line that cannot be carried out; the message says what to type instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
