/** Why a part of an upload is not taken, in a sentence, and the HTTP status that says so. */
export class UploadError extends Error {
  override readonly name = "UploadError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the system refuses, for who uploads. */
export function asUploadError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new UploadError(507, "The disk of the camera computer is full: make room there, and upload it again.");
  if (code === "EACCES" || code === "EROFS" || code === "EPERM")
    return new UploadError(403, "The camera computer may not write into its data folder.");
  return error;
}
