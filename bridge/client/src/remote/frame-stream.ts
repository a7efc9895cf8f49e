import {
  type ErrorCode,
  type FrameBuffers,
  type FrameEvent,
  FrameFormatError,
  FrameRecordParser,
} from "@zarrcam/protocol";

import { DisconnectedError, errorFromData } from "../errors.ts";
import { bodyReader } from "./body-reader.ts";
import { type Shown, bearer } from "./shown.ts";

/** A read takes at most so much: what a browser has ready is less. */
const READ_BYTES = 2 << 20;

export interface FramesOptions extends Shown {
  /** Index in `video`. Default 0. */
  stream?: number;
  /** The recording that is started next, from its first frame on; else the one that goes on, from now on. Default false. */
  nextRun?: boolean;
  /** The run waits for this client, where nothing is written on the camera computer. Default false. */
  backPressure?: boolean;
  /** Where pixels go. Default: one buffer for all, so that each frame is valid until the next one is asked for. */
  buffers?: FrameBuffers;
  /** Ends it. */
  signal?: AbortSignal;
}

const codes: Record<number, ErrorCode> = {
  400: "invalid_params",
  401: "not_paired",
  403: "forbidden",
  404: "unknown_stream",
  409: "not_running",
  429: "too_many_requests",
  503: "closed",
};

/**
 * Every frame of a recording, in order, or the word that it is lost; the last record says how capture ended. Iterated once. Who
 * does not ask for the next record holds up nobody but itself: the bridge keeps some frames, and tells which it had no room for.
 */
export class FrameStream implements AsyncIterable<FrameEvent> {
  readonly #pieces: AsyncIterable<Uint8Array>;
  readonly #parser: FrameRecordParser;
  readonly #signal: AbortSignal | undefined;

  /**
   * @param pieces what `openFrameBytes` gives, by whatever way it came: through another thread, say.
   */
  constructor(pieces: AsyncIterable<Uint8Array>, { buffers, signal }: Pick<FramesOptions, "buffers" | "signal"> = {}) {
    this.#pieces = pieces;
    this.#parser = new FrameRecordParser(buffers);
    this.#signal = signal;
  }

  /**
   * Resolves when the bridge has taken it: with `nextRun` the run may be started then, and nothing of it is missed.
   *
   * @param url the bridge's: `http://127.0.0.1:8421/`
   */
  static async open(url: string, options: FramesOptions = {}): Promise<FrameStream> {
    return new FrameStream(await openFrameBytes(url, options), options);
  }

  /**
   * @throws DisconnectedError where the body ends without its last record: capture may go on.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameEvent, void, undefined> {
    const parser = this.#parser;
    try {
      for await (const bytes of this.#pieces) yield* parser.parse(bytes);
    } catch (cause) {
      if (this.#signal?.aborted) return;
      if (cause instanceof FrameFormatError || cause instanceof RangeError) throw cause;
      throw broken(parser, cause);
    }
    if (!parser.ended) throw broken(parser);
  }
}

/**
 * The bytes of a stream of frames, for whoever reads them elsewhere than they are understood. Resolves as `FrameStream.open` does.
 *
 * @param memory what a piece is read into, from its start on; whoever gets the piece has the memory again. Default: a piece is valid until the
 * next one is asked for.
 */
export async function openFrameBytes(
  url: string,
  { stream = 0, nextRun = false, backPressure = false, signal, ...shown }: Omit<FramesOptions, "buffers"> = {},
  memory?: () => Promise<ArrayBuffer>,
): Promise<AsyncIterable<Uint8Array<ArrayBuffer>>> {
  const address = framesAddress(url, { stream, nextRun, backPressure });
  let response: Response;
  try {
    response = await fetch(address, { headers: bearer(shown), ...(signal && { signal }) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new DisconnectedError(`No zarrcam answers at ${url}.`, { cause });
  }
  if (!response.ok || !response.body) {
    throw framesRefused(response.status, await response.text());
  }
  return pieces(response.body, memory);
}

export function framesAddress(
  url: string,
  { stream = 0, nextRun = false, backPressure = false }: Pick<FramesOptions, "stream" | "nextRun" | "backPressure">,
): URL {
  const address = new URL(`/streams/${stream}/frames`, url);
  if (nextRun) address.searchParams.set("run", "next");
  if (backPressure) address.searchParams.set("back_pressure", "true");
  return address;
}

/** Why a bridge gives no frames, by its answer. */
export function framesRefused(status: number, text: string): Error {
  return errorFromData(codes[status], text.trim());
}

function broken({ nextFrameIndex }: FrameRecordParser, cause?: unknown): DisconnectedError {
  const where = nextFrameIndex === undefined ? "before its first record" : `before frame ${nextFrameIndex}`;
  return new DisconnectedError(`The stream of frames broke ${where}; the recording may go on.`, { cause });
}

/** In memory of ours where the platform can. */
async function* pieces(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  memory?: () => Promise<ArrayBuffer>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const reader = bodyReader(body);
  let used: ArrayBuffer | undefined;
  try {
    for (;;) {
      const into = memory ? await memory() : (used ?? new ArrayBuffer(READ_BYTES));
      const piece = await reader.read(new Uint8Array(into));
      if (!piece) return;
      used = piece.buffer;
      yield piece;
    }
  } finally {
    // Who leaves in the middle ends the connection with it.
    await reader.cancel();
  }
}
