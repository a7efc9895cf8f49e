import { type ErrorCode, type Problem, type RpcErrorData, isErrorCode } from "@zarrcam/protocol";

/** What an error says besides code and message. */
export interface ZarrcamErrorDetails {
  /** The field at fault, `video[0].storage.settings.uri`. */
  path?: string | undefined;
  /** Everything that is wrong with the document, or what somebody else changed in it. */
  problems?: Problem[] | undefined;
  cause?: unknown;
}

/** Every refusal and failure of the runtime, in process and over the wire alike. `code` is for programs, `message` for people. */
export class ZarrcamError extends Error {
  override readonly name: string = "ZarrcamError";
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly problems: Problem[];

  constructor(code: ErrorCode, message: string, details: ZarrcamErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.problems = details.problems ?? [];
  }
}

/** The document was refused; `problems` lists everything that is wrong with it. */
export class InvalidConfigurationError extends ZarrcamError {
  override readonly name = "InvalidConfigurationError";
}

/** Somebody else changed the configuration since the revision was read; `problems` says what, one a field. */
export class StaleRevisionError extends ZarrcamError {
  override readonly name = "StaleRevisionError";
}

/** The call does not fit the state: already running, not running, nothing configured. */
export class RunStateError extends ZarrcamError {
  override readonly name = "RunStateError";
}

/** Camera or storage failed, or the data could not be reached. */
export class DeviceError extends ZarrcamError {
  override readonly name = "DeviceError";
}

/** The bridge is out of reach, or the connection broke while a call was under way: whether it was carried out is not known. */
export class DisconnectedError extends ZarrcamError {
  override readonly name: string = "DisconnectedError";

  constructor(message: string, details: ZarrcamErrorDetails = {}, code: ErrorCode = "disconnected") {
    super(code, message, details);
  }
}

/** The bridge does not let this client in, or not any more: another try would not either. */
export class NotPairedError extends DisconnectedError {
  override readonly name = "NotPairedError";

  constructor(message: string, details: ZarrcamErrorDetails = {}) {
    super(message, details, "not_paired");
  }
}

/** Whether an error is the runtime's and, where codes are named, has one of them. */
export function isZarrcamError(error: unknown, ...codes: ErrorCode[]): error is ZarrcamError {
  return error instanceof ZarrcamError && (codes.length === 0 || codes.includes(error.code));
}

/** Makes the class that belongs to a code; a code that this version does not know is `internal`. */
export function errorFromData(code: unknown, message: string, details: ZarrcamErrorDetails = {}): ZarrcamError {
  const known: ErrorCode = isErrorCode(code) ? code : "internal";
  switch (known) {
    case "invalid_configuration":
      return new InvalidConfigurationError(known, message, details);
    case "stale_revision":
      return new StaleRevisionError(known, message, details);
    case "already_running":
    case "not_running":
    case "not_configured":
    case "closed":
      return new RunStateError(known, message, details);
    case "storage":
    case "camera":
    case "locked":
      return new DeviceError(known, message, details);
    case "not_paired":
      return new NotPairedError(message, details);
    case "disconnected":
      return new DisconnectedError(message, details);
    default:
      return new ZarrcamError(known, message, details);
  }
}

/** What travels in a JSON-RPC error beside the message. */
export function errorData(error: ZarrcamError): Omit<RpcErrorData, "code"> {
  return {
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.problems.length === 0 ? {} : { problems: error.problems }),
  };
}
