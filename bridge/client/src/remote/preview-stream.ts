import {
  PREVIEW_RECORD_HEADER_BYTES,
  PreviewFormatError,
  type PreviewRecordHeader,
  filledUp,
  parsePreviewRecordHeader,
} from "@zarrcam/protocol";

import { DisconnectedError } from "../errors.ts";
import { type BodyReader, bodyReader } from "./body-reader.ts";
import { intoSpace } from "./introduce.ts";
import type { PictureMemory } from "./picture-memory.ts";
import { type Shown, bearer } from "./shown.ts";

/** The stream of a session's pictures: `/sessions/{key}/previews`. */
export class PreviewStream {
  readonly #body: BodyReader;
  readonly #memory: PictureMemory;
  #header = new Uint8Array(PREVIEW_RECORD_HEADER_BYTES);
  #pictures = 0;
  #bytes = 0;

  private constructor(body: BodyReader, memory: PictureMemory) {
    this.#body = body;
    this.#memory = memory;
  }

  /**
   * Resolves when its first record has come: nobody on the way keeps bytes back.
   *
   * @param url of the control socket
   * @param signal ends it at any time
   */
  static async open(
    url: string,
    session: string,
    memory: PictureMemory,
    signal: AbortSignal,
    shown: Shown = {},
  ): Promise<PreviewStream> {
    const address = new URL(`/sessions/${session}/previews`, url.replace(/^ws/, "http"));
    // The own page shows its cookie, which no other page's requests bring.
    const options = { signal, credentials: "same-origin", headers: bearer(shown) } as const;
    const response = await fetch(intoSpace(address, options));
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new DisconnectedError(`The bridge gives no stream of previews (${response.status}).`);
    }
    const stream = new PreviewStream(bodyReader(response.body), memory);
    // Node may forget the signal of a request that was answered: then nothing but this ends a read.
    const leave = () => void stream.cancel().catch(() => undefined);
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    const first = await stream.#next();
    signal.throwIfAborted();
    if (first?.kind !== "begin") throw new PreviewFormatError("a stream of previews without its beginning");
    await stream.#payload(first.payloadBytes);
    return stream;
  }

  /** Pictures that have come whole. */
  get pictures(): number {
    return this.#pictures;
  }
  /** Bytes that have come. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The next preview message, in memory of its own; null: the stream is over. @throws PreviewFormatError */
  async nextMessage(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (;;) {
      const header = await this.#next();
      if (!header) return null;
      const message = await this.#payload(header.payloadBytes);
      if (!message) return null;
      if (header.kind !== "picture") {
        this.#memory.giveBack(message.buffer);
        continue;
      }
      this.#pictures += 1;
      if (header.picture !== this.#pictures) {
        throw new PreviewFormatError(`picture ${header.picture} where ${this.#pictures} was due`);
      }
      return message;
    }
  }

  cancel(): Promise<void> {
    return this.#body.cancel();
  }

  async #next(): Promise<PreviewRecordHeader | null> {
    const header = await this.#fill(this.#header.buffer, PREVIEW_RECORD_HEADER_BYTES);
    if (!header) return null;
    this.#header = header;
    return parsePreviewRecordHeader(header);
  }

  async #payload(bytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const length = filledUp(bytes);
    const filled = await this.#fill(this.#memory.take(length), length);
    return filled && filled.subarray(0, bytes);
  }

  /** The first `length` bytes of the buffer, filled; null: the body ended before. */
  async #fill(buffer: ArrayBuffer, length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    let at = 0;
    while (at < length) {
      const read = await this.#body.read(new Uint8Array(buffer, at, length - at));
      if (!read) return null;
      buffer = read.buffer;
      at += read.byteLength;
      this.#bytes += read.byteLength;
    }
    return new Uint8Array(buffer, 0, length);
  }
}
