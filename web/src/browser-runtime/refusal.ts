import type { ErrorCode, Problem } from "@zarrcam/protocol";

import { CameraRefused } from "../cameras/camera-refused.ts";
import { CoreError } from "../recorder/core.ts";

/** What crosses from the worker to the page where a call is refused: an error itself would lose all but its text. */
export interface Refusal {
  code: ErrorCode;
  message: string;
  path: string | null;
  problems: Problem[];
}

/** A call is refused, or fails. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof CoreError)
    return {
      code: error.code as ErrorCode,
      message: error.message,
      path: error.path,
      problems: error.problems as Problem[],
    };
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof RefusedError || error instanceof CameraRefused ? error.code : "internal";
  return { code, message, path: null, problems: [] };
}
