import type { Capabilities, ResolvedSettings, Plan, StreamCapabilities, VideoStream } from "@zarrcam/protocol";
import { isActive, streamName } from "../configuration/streams.ts";
import type { Draft } from "./draft.svelte.ts";

export interface ShownCameraPort {
  readonly draft: Pick<Draft, "stream" | "working" | "plans" | "resolved">;
  readonly capabilities: Capabilities;
  /** The canvas; null: there is none yet. */
  readonly viewer: {
    readonly active: number;
    readonly dataset: string | null;
    selectStream(stream: number): void;
  } | null;
}

/** The camera whose settings stand in the fields, and which the canvas follows. */
export class ShownCamera {
  /** Index of the camera in `video`. */
  index = $state(0);
  readonly #port: ShownCameraPort;
  /** The canvas is to show this camera as soon as it can. */
  #isAwaited = false;

  constructor(port: ShownCameraPort) {
    this.#port = port;
  }

  get stream(): VideoStream | undefined {
    return this.#port.draft.stream(this.index);
  }
  /** Path of the camera's stream in the document. */
  get base(): string {
    return `video[${this.index}]`;
  }
  get plan(): Plan | null {
    return this.#port.draft.plans[this.index] ?? null;
  }
  /** What its settings mean; null: the core has not said yet. */
  get resolved(): ResolvedSettings | null {
    return this.#port.draft.resolved[this.index] ?? null;
  }
  get capabilities(): StreamCapabilities | undefined {
    return this.#port.capabilities.video[this.index] ?? undefined;
  }
  /** Name of the camera where there are several; null: there is one. */
  get nameAmongSeveral(): string | null {
    const { stream } = this;
    if (this.#port.draft.working.video.filter(isActive).length < 2) return null;
    return stream ? streamName(stream, this.index) : `Camera ${this.index + 1}`;
  }

  /** Shows a camera in the fields, and on the canvas unless a dataset is shown there; one that was just added comes when it is in force. */
  show(index: number): void {
    this.index = index;
    this.#isAwaited = true;
    this.follow();
  }

  /** Turns the canvas to the camera of the fields, where that was not possible before. */
  follow(): void {
    const { viewer } = this.#port;
    if (!this.#isAwaited || viewer?.dataset !== null) return;
    viewer.selectStream(this.index);
    this.#isAwaited = viewer.active !== this.index;
  }

  /** Shows a camera in the fields alone: the canvas shows it already, or is told by whoever calls this. */
  select(index: number): void {
    this.index = index;
    this.#isAwaited = false;
  }
}
