// For tests: a source in memory, and the view worker's own panes without a worker.
import type { PlaneAxis } from "../core/axes.ts";
import { frameIndexOf } from "../core/axes.ts";
import { countHistogram } from "../core/histogram.ts";
import type { ChannelPicture } from "../core/picture.ts";
import type {
  FrameAvailability,
  PlaneImage,
  PlaneRequest,
  PlaneSink,
  PlaneSource,
  SourceChange,
  SourceGaps,
} from "../core/plane-source.ts";
import { CanvasPane } from "../live/canvas-pane.ts";
import { FakeRenderer } from "../live/fake-renderer.ts";
import type { FromView, PlanesMessage, ToView } from "../live/messages.ts";
import type { PaneLink } from "../live/view-client.ts";

const axis = { unit: "", scale: 1, labels: [] };
export const WIDTH = 64;
export const HEIGHT = 48;

/** Frames of three channels; each plane is of one value, its frame index. */
export class MemorySource implements PlaneSource {
  readonly name = "in memory";
  readonly pixelSize = { x: 1, y: 1, unit: "" };
  axes: PlaneAxis[];
  image: PlaneImage | null;
  live: PlaneSource["live"] = null;
  gaps: SourceGaps = { losses: [], capturedEnd: null, damages: [] };
  extent: { readable: number; decided: number };
  /** By frame index. */
  readonly lost = new Map<number, string>();
  /** Positions that were read, by request. */
  readonly asked: number[][][] = [];
  /** Answers that are held back; null: each is given at once. */
  held: (() => void)[] | null = null;
  failure: Error | null = null;
  closed = false;
  readonly #listeners = new Set<(change: SourceChange) => void>();

  /** @param times time points; null: they grow with what is readable */
  constructor(times: number | null, readable = 3 * (times ?? 0)) {
    this.axes = [
      { ...axis, name: "c", kind: "Channel", size: 3, stride: 1 },
      { ...axis, name: "t", kind: "Time", size: times, stride: 3 },
    ];
    this.extent = { readable, decided: readable };
    this.image = {
      levels: [{ path: "0", width: WIDTH, height: HEIGHT, scale: [1, 1], factors: [1, 1, 1, 1] }],
      pixelType: "U8",
      dtype: "uint8",
      reduction: "mean",
      chunks: [1, 1, HEIGHT, WIDTH],
      channels: [],
      remarks: [],
    };
  }

  availability(frameIndex: number): FrameAvailability {
    const why = this.lost.get(frameIndex);
    if (why !== undefined) return { kind: "lost", why };
    return { kind: frameIndex < this.extent.readable ? "readable" : "pending" };
  }
  clockMs(frameIndex: number): number {
    return 1000 * frameIndex;
  }
  open(): Promise<PlaneImage> {
    return this.image ? Promise.resolve(this.image) : Promise.reject(new Error("Nothing is stored."));
  }
  async read({ planes }: PlaneRequest, sink: PlaneSink, signal: AbortSignal): Promise<void> {
    this.asked.push(planes.map(({ position }) => position));
    const { held } = this;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    signal.throwIfAborted();
    if (this.failure) throw this.failure;
    const [first, ...others] = planes.map(({ channel, position }) => this.#plane(channel, position));
    if (first) sink.put([first, ...others]);
  }
  subscribe(changed: (change: SourceChange) => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }
  close(): void {
    this.closed = true;
  }

  grow(readable: number, decided = readable): void {
    this.extent = { readable, decided };
    this.tell("more");
  }
  tell(change: SourceChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #plane(channel: number, position: number[]): ChannelPicture {
    const pixels = new Uint8Array(WIDTH * HEIGHT).fill(frameIndexOf(this.axes, position));
    const region = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    return {
      channel,
      captioned: {
        picture: {
          pixelType: "U8",
          pixels,
          width: WIDTH,
          height: HEIGHT,
          scale: [1, 1],
          reduction: "none",
          region,
          frameWidth: WIDTH,
          frameHeight: HEIGHT,
        },
        caption: {
          source: "stored",
          frameId: null,
          frameIndex: this.live ? frameIndexOf(this.axes, position) : null,
          position,
          unixMs: null,
          run: null,
          skipped: 0,
          histogram: countHistogram(pixels, "U8", "frame"),
        },
      },
    };
  }
}

/** What the view worker does with the messages of one pane, at once and on this thread. */
export class LocalView implements PaneLink {
  readonly renderer = new FakeRenderer();
  readonly sent: ToView[] = [];
  readonly #pane: CanvasPane;

  constructor(id: number, receive: (message: FromView) => void) {
    this.#pane = new CanvasPane(id, receive, { idle: () => undefined, unable: () => undefined });
    this.#pane.setRenderer(this.renderer, { width: 100, height: 100 });
  }

  /** Values that were drawn, by picture. */
  get drawn(): (number | undefined)[] {
    return this.renderer.drawn.map(({ first }) => first);
  }
  /** Values that are on the canvas now. */
  get canvas(): (number | undefined)[] {
    return this.renderer.layers.map(({ picture }) => picture.pixels[0]);
  }

  send(message: ToView): void {
    this.sent.push(message);
    if (message.kind === "resize") this.#pane.resize(message.size);
    else if (message.kind === "view") this.#pane.setView(message.view);
    else if (message.kind === "displays") this.#pane.setDisplays(message.displays, message.channel);
    else if (message.kind === "pins") this.#pane.setPins(message.pins);
    else if (message.kind === "epoch") this.#pane.setEpoch(message.epoch, message.empty);
    else if (message.kind === "subscribe") this.#pane.follow(message.wanted !== null);
    this.#pane.draw(performance.now());
  }
  planes(address: PlanesMessage["address"], planes: PlanesMessage["planes"]): void {
    this.#pane.offerPlanes({ kind: "planes", address, planes });
    this.#pane.draw(performance.now());
  }
}
