// Records of the stream of every frame: a header of 80 bytes and what it announces; all little-endian. README.md has the table.
import {
  FRAME_RECORD_HEADER_BYTES,
  FRAME_RECORD_MAGIC,
  FRAME_RECORD_VERSION,
  frameLossCauses,
  frameRecordFields,
  frameRecordKinds,
} from "./generated/frame-record.ts";
import type { PixelType } from "./generated/index.ts";
import { previewPixelTypes } from "./generated/preview-header.ts";
import { bytesPerPixel } from "./preview-frame.ts";

export { FRAME_RECORD_HEADER_BYTES, frameLossCauses } from "./generated/frame-record.ts";

/** The run's id, or why capture failed: a longer text is a broken stream. */
const MAX_TEXT_BYTES = 1 << 16;
/** More than any sensor has, and what a page can hold at once: a longer frame is a broken stream. */
const MAX_FRAME_BYTES = 2 ** 31 - 1;
const NO_LIMIT = 0xffff_ffff_ffff_ffffn;
const BACK_PRESSURE = 1;

/** Why a frame does not come; README.md says what each means. */
export type FrameLossCause = (typeof frameLossCauses)[keyof typeof frameLossCauses];

const ends = { 1: "complete", 2: "stopped", 3: "failed" } as const;
/** How capture ended. */
export type CaptureEndKind = (typeof ends)[keyof typeof ends];

/** What every record says of the frames. */
interface FrameForm {
  /** `run_number` of the start. */
  runNumber: number;
  /** As the pixels come: F32 where frames are averaged. */
  pixelType: PixelType;
  /** Width of a frame, px. */
  width: number;
  /** Height of a frame, px. */
  height: number;
  /** Frames of the camera in one that comes. */
  framesAveraged: number;
}

/** The first record. */
export interface FramesBegin extends FrameForm {
  kind: "begin";
  runId: string;
  /** Of the first frame that this client can have; earlier ones are not available to it. */
  firstFrameIndex: number;
  /** Frames of the array that the run fills; null: until stopped. */
  frameLimit: number | null;
  /** When the run began, by the host's clock, ns since 1970-01-01 UTC. */
  startedNs: bigint;
  /** The run waits for this client. */
  backPressure: boolean;
}

export interface FrameHeader extends FrameForm {
  kind: "frame";
  frameIndex: number;
  /** The camera's own count; of the first frame where several are averaged. */
  hardwareFrameId: number;
  /** The camera's own clock. */
  hardwareClockNs: bigint;
  /** The host's clock at capture, ns since 1970-01-01 UTC. */
  unixNs: bigint;
  /** Bytes of its pixels. */
  bytes: number;
}

/** A frame with its pixels: rows tight, little-endian, in the pixel type. */
export interface FrameReceived extends FrameHeader {
  pixels: Uint8Array;
}

/** Frames that do not come. */
export interface FramesLost {
  kind: "lost";
  firstFrameIndex: number;
  count: number;
  /** The camera's own count, of the first of them. */
  hardwareFrameId: number;
  cause: FrameLossCause;
}

/** The last record. */
export interface FramesEnd {
  kind: "end";
  /** One past the last frame index that was captured. */
  capturedEnd: number;
  /** All that this client lost. */
  lost: number;
  end: CaptureEndKind;
  /** Why capture failed; empty: it did not. */
  reason: string;
}

export type FrameEvent = FramesBegin | FrameReceived | FramesLost | FramesEnd;

export class FrameFormatError extends Error {
  override readonly name = "FrameFormatError";
}

/** Where the pixels of a frame are to go: `header.bytes` bytes exactly. Asked again where they are there no more, as WebAssembly's memory that grew. */
export type FrameBuffers = (header: FrameHeader) => Uint8Array;

/** One buffer for all frames: each is valid until the next one is asked for. */
export function oneFrameBuffer(): FrameBuffers {
  let buffer = new Uint8Array();
  return ({ bytes }) => {
    if (buffer.byteLength !== bytes) buffer = new Uint8Array(bytes);
    return buffer;
  };
}

/**
 * Takes the bytes of the stream as they come, cut anywhere, and gives its records. It checks their order: indices go up by
 * one, and nothing follows the end.
 */
export class FrameRecordParser {
  readonly #buffers: FrameBuffers;
  readonly #header = new Uint8Array(FRAME_RECORD_HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerBytes = 0;
  /** Where what follows the header goes, while it comes. */
  #payload: Uint8Array | undefined;
  #payloadBytes = 0;
  #frame: FrameHeader | undefined;
  /** What is left of a record of an unknown kind. */
  #skip = 0;
  #nextFrameIndex: number | undefined;
  #lost = 0;
  #ended = false;

  constructor(buffers: FrameBuffers = oneFrameBuffer()) {
    this.#buffers = buffers;
  }

  /** Frame index that comes next; undefined: nothing has come. */
  get nextFrameIndex(): number | undefined {
    return this.#nextFrameIndex;
  }
  /** The last record came whole. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * The records that end in `bytes`. To be iterated to its end before the next call; `bytes` may be used again then.
   *
   * @throws FrameFormatError where it is none of this version's streams.
   */
  *parse(bytes: Uint8Array): Generator<FrameEvent, void, undefined> {
    let at = 0;
    for (;;) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.byteLength - at);
        at += skipped;
        this.#skip -= skipped;
        if (this.#skip > 0) return;
      }
      if (!this.#payload) {
        if (at === bytes.byteLength) return;
        if (this.#ended) throw new FrameFormatError("bytes after the last record");
        const count = Math.min(FRAME_RECORD_HEADER_BYTES - this.#headerBytes, bytes.byteLength - at);
        this.#header.set(bytes.subarray(at, at + count), this.#headerBytes);
        this.#headerBytes += count;
        at += count;
        if (this.#headerBytes < FRAME_RECORD_HEADER_BYTES) return;
        this.#begin();
        if (!this.#payload) continue;
      }
      // Memory of WebAssembly that has grown since is another, with the same bytes.
      if (this.#frame && this.#payload.byteLength !== this.#frame.bytes) this.#payload = this.#buffers(this.#frame);
      const payload: Uint8Array = this.#payload;
      const count = Math.min(payload.byteLength - this.#payloadBytes, bytes.byteLength - at);
      payload.set(bytes.subarray(at, at + count), this.#payloadBytes);
      this.#payloadBytes += count;
      at += count;
      if (this.#payloadBytes < payload.byteLength) return;
      const event = this.#finish(payload);
      this.#payload = undefined;
      this.#frame = undefined;
      this.#headerBytes = 0;
      yield event;
    }
  }

  /** The header is there: says where the rest goes, or that it is not for us. */
  #begin(): void {
    const magic = this.#number("magic");
    if (magic !== FRAME_RECORD_MAGIC) throw new FrameFormatError("not a record of a stream of frames");
    const version = this.#number("version");
    if (version !== FRAME_RECORD_VERSION) throw new FrameFormatError(`version ${version}, not ${FRAME_RECORD_VERSION}`);
    const headerBytes = this.#number("header_bytes");
    if (headerBytes !== FRAME_RECORD_HEADER_BYTES) throw new FrameFormatError(`a header of ${headerBytes} bytes`);
    const bytes = this.#number("payload_bytes");
    this.#payloadBytes = 0;
    switch (this.#number("kind")) {
      case frameRecordKinds.frame:
        this.#frame = this.#frameHeader(bytes);
        this.#payload = this.#buffers(this.#frame);
        if (this.#payload.byteLength !== bytes)
          throw new RangeError(`a buffer of ${this.#payload.byteLength} bytes for ${bytes}`);
        return;
      case frameRecordKinds.begin:
      case frameRecordKinds.lost:
      case frameRecordKinds.end:
        if (bytes > MAX_TEXT_BYTES) throw new FrameFormatError(`a text of ${bytes} bytes`);
        this.#payload = new Uint8Array(bytes);
        return;
      default:
        this.#skip = bytes;
        this.#headerBytes = 0;
    }
  }

  #finish(payload: Uint8Array): FrameEvent {
    if (this.#frame) {
      this.#advance(this.#frame.frameIndex, 1);
      return { ...this.#frame, pixels: payload };
    }
    const text = new TextDecoder().decode(payload);
    const frameIndex = this.#number("frame_index");
    const frames = this.#number("frames");
    switch (this.#number("kind")) {
      case frameRecordKinds.begin: {
        if (this.#nextFrameIndex !== undefined) throw new FrameFormatError("a second beginning");
        this.#nextFrameIndex = frameIndex;
        return {
          kind: "begin",
          ...this.#form(),
          runId: text,
          firstFrameIndex: frameIndex,
          frameLimit: this.#long("frames") === NO_LIMIT ? null : frames,
          startedNs: this.#long("unix_ns"),
          backPressure: (this.#number("flags") & BACK_PRESSURE) !== 0,
        };
      }
      case frameRecordKinds.lost: {
        const cause = frameLossCauses[this.#number("cause") as keyof typeof frameLossCauses];
        if (cause === undefined) throw new FrameFormatError(`lost for the reason ${this.#number("cause")}`);
        this.#advance(frameIndex, frames);
        this.#lost += frames;
        const hardwareFrameId = this.#number("hardware_frame_id");
        return { kind: "lost", firstFrameIndex: frameIndex, count: frames, hardwareFrameId, cause };
      }
      default: {
        const end = ends[this.#number("end") as keyof typeof ends];
        if (end === undefined) throw new FrameFormatError(`an end of kind ${this.#number("end")}`);
        this.#advance(frameIndex, 0);
        if (frames !== this.#lost) throw new FrameFormatError(`${frames} frames lost in all, ${this.#lost} told`);
        this.#ended = true;
        return { kind: "end", capturedEnd: frameIndex, lost: frames, end, reason: text };
      }
    }
  }

  #advance(frameIndex: number, frames: number): void {
    if (frameIndex !== this.#nextFrameIndex) {
      const expected = this.#nextFrameIndex ?? "a beginning";
      throw new FrameFormatError(`frame index ${frameIndex} where ${expected} was due`);
    }
    this.#nextFrameIndex = frameIndex + frames;
  }

  #frameHeader(bytes: number): FrameHeader {
    const form = this.#form();
    const expected = form.width * form.height * bytesPerPixel[form.pixelType];
    // Before memory is taken for what a header asks for.
    if (expected > MAX_FRAME_BYTES) throw new FrameFormatError(`a frame of ${expected} bytes`);
    if (bytes !== expected) throw new FrameFormatError(`${bytes} bytes of pixels where ${expected} make a frame`);
    return {
      kind: "frame",
      ...form,
      frameIndex: this.#number("frame_index"),
      hardwareFrameId: this.#number("hardware_frame_id"),
      hardwareClockNs: this.#long("hardware_clock_ns"),
      unixNs: this.#long("unix_ns"),
      bytes,
    };
  }

  #form(): FrameForm {
    const pixelType = previewPixelTypes[this.#number("pixel_type")];
    if (pixelType === undefined) throw new FrameFormatError(`pixel type ${this.#number("pixel_type")}`);
    return {
      runNumber: this.#number("run"),
      pixelType,
      width: this.#number("width"),
      height: this.#number("height"),
      framesAveraged: this.#number("frames_averaged"),
    };
  }

  #number(field: keyof typeof frameRecordFields): number {
    const { offset, number } = frameRecordFields[field];
    switch (number) {
      case "u8":
        return this.#view.getUint8(offset);
      case "u16":
        return this.#view.getUint16(offset, true);
      case "u32":
        return this.#view.getUint32(offset, true);
      case "u64":
        return Number(this.#view.getBigUint64(offset, true));
    }
  }

  #long(field: "frames" | "hardware_clock_ns" | "unix_ns"): bigint {
    return this.#view.getBigUint64(frameRecordFields[field].offset, true);
  }
}
