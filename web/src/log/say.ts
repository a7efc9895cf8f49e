import type { LogLevel } from "@zarrcam/protocol";

/**
 * One line for the log.
 * @param options.level "info" where it is left out
 * @param options.polite screen readers are told it, too; false where it is left out
 */
export type Say = (text: string, options?: { level?: LogLevel; polite?: boolean }) => void;
