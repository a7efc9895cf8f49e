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
  // A file where a folder is to be, or a folder where a file is.
  if (code === "ENOTDIR" || code === "EEXIST" || code === "EISDIR" || code === "ELOOP")
    return new UploadError(409, "A file and a folder of the upload would have one path.");
  if (code === "ENAMETOOLONG") return new UploadError(400, "A name is longer than the disk takes.");
  // The upload was taken back while a piece came.
  if (code === "ENOENT") return new UploadError(404, "There is no such upload: it has ended, or was given up.");
  return error;
}
