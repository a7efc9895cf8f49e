import type { PreviewRoad } from "@zarrcam/protocol";

/** A road is judged by what came by it in so long, ms, and by so many pictures. */
const WINDOW_MS = 1500;
const LEAST_PICTURES = 8;
/** What came just after a change is left out: the road begins with one picture at a time, ms. */
const WARM_UP_MS = 300;
/** Fewer bytes a second are no load for the socket, and not worth a connection. */
const WORTH_BYTES_PER_S = 16e6;
/** So many are not worth keeping one. */
const GIVE_UP_BYTES_PER_S = 8e6;
/** Rates that differ by less say nothing: then it counts how old pictures are when they come. */
const CLEAR_RATE = 1.1;
const CLEAR_AGE = 0.95;
/** Where the socket was better, or the stream broke, it is tried again after so long, then twice as long each time, ms. */
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 600_000;
/** Where others have the connections, it is asked for again after so long, ms. */
const HELD_BACK_MS = 10_000;
/** A stream is given up when nothing has come by it for so long, ms: the camera rests, or nobody looks. */
const RESTING_MS = 5000;
/** Pictures that are so many times as large, or as small, are another question. */
const OTHER_SIZE = 2;

/** What came by a road in one window. */
interface Sample {
  bytesPerS: number;
  bytesPerPicture: number;
  /** From capture to arrival, the median, ms; by two clocks, so that only differences mean something. */
  ageMs: number;
}

/**
 * Which road pictures are to take: by the socket until they are many and large enough, then by the stream for as long as it
 * takes to compare, then by the one that carried more or, where both carried all there was, brought it sooner.
 */
export class RoadChoice {
  #road: PreviewRoad = "socket";
  #wanted: PreviewRoad = "socket";
  #sinceMs = -Infinity;
  #ages: number[] = [];
  #bytes = 0;
  /** By the socket, as it was before the stream was tried. */
  #socket: Sample | null = null;
  /** Bytes of a picture when the stream was last found faster, or slower; null: it has not been compared since it was taken. */
  #judgedBytes: number | null = null;
  #retryMs = FIRST_RETRY_MS;
  #notBeforeMs = -Infinity;
  #lastMs = -Infinity;

  /** The road that is to be taken now. */
  get wanted(): PreviewRoad {
    return this.#wanted;
  }

  /** Pictures go by this road from now on. */
  takes(road: PreviewRoad, nowMs: number): void {
    if (road === this.#road) return;
    this.#road = road;
    this.#lastMs = nowMs;
    this.#begin(nowMs + WARM_UP_MS);
  }

  /** There is no stream, or it broke. */
  broke(nowMs: number): void {
    this.#wanted = "socket";
    this.#later(nowMs);
  }

  /** The stream may not be taken now. */
  heldBack(nowMs: number): void {
    this.#wanted = "socket";
    this.#notBeforeMs = nowMs + HELD_BACK_MS;
  }

  /** A picture came. @param ageMs since its capture, by whatever clocks, as long as they are always the same */
  came(road: PreviewRoad, bytes: number, ageMs: number, nowMs: number): void {
    if (road !== this.#road) return;
    this.#lastMs = nowMs;
    if (this.#sinceMs === -Infinity) this.#begin(nowMs);
    if (nowMs < this.#sinceMs) return;
    // Of two sizes a mean says nothing.
    if (this.#ages.length > 0 && otherSize(bytes, this.#bytes / this.#ages.length)) this.#begin(nowMs);
    this.#bytes += bytes;
    this.#ages.push(ageMs);
    const tookMs = nowMs - this.#sinceMs;
    if (tookMs < WINDOW_MS || this.#ages.length < LEAST_PICTURES) return;
    const ages = this.#ages.sort((a, b) => a - b);
    this.#judge(
      {
        bytesPerS: (this.#bytes / tookMs) * 1000,
        bytesPerPicture: this.#bytes / ages.length,
        ageMs: ages[ages.length >> 1] ?? 0,
      },
      nowMs,
    );
    this.#begin(nowMs);
  }

  /** To be asked now and then: a stream by which nothing comes is not worth its connection. */
  rested(nowMs: number): void {
    if (this.#road === "stream" && nowMs - this.#lastMs > RESTING_MS) this.#wanted = "socket";
  }

  #judge(sample: Sample, nowMs: number): void {
    const isOther = (bytes: number) => otherSize(bytes, sample.bytesPerPicture);
    if (this.#road === "socket") {
      if (this.#judgedBytes !== null && isOther(this.#judgedBytes)) this.#notBeforeMs = -Infinity;
      if (sample.bytesPerS < WORTH_BYTES_PER_S || nowMs < this.#notBeforeMs) return;
      this.#socket = sample;
      this.#judgedBytes = null;
      this.#wanted = "stream";
    } else if (
      sample.bytesPerS < GIVE_UP_BYTES_PER_S ||
      isOther(this.#judgedBytes ?? this.#socket?.bytesPerPicture ?? 0)
    ) {
      // Too little, or another question: the socket is asked first.
      this.#judgedBytes = null;
      this.#wanted = "socket";
    } else if (this.#judgedBytes === null && this.#socket) {
      this.#judgedBytes = sample.bytesPerPicture;
      if (isFaster(sample, this.#socket)) this.#retryMs = FIRST_RETRY_MS;
      else this.broke(nowMs);
    }
  }

  #later(nowMs: number): void {
    this.#notBeforeMs = nowMs + this.#retryMs;
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
  }

  #begin(atMs: number): void {
    this.#sinceMs = atMs;
    this.#bytes = 0;
    this.#ages = [];
  }
}

function isFaster(stream: Sample, socket: Sample): boolean {
  if (stream.bytesPerS >= CLEAR_RATE * socket.bytesPerS) return true;
  return CLEAR_RATE * stream.bytesPerS >= socket.bytesPerS && stream.ageMs <= CLEAR_AGE * socket.ageMs;
}

function otherSize(one: number, other: number): boolean {
  return Math.max(one, other) >= OTHER_SIZE * Math.min(one, other);
}
