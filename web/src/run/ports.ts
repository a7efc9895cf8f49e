import type { Stats } from "@zarrcam/protocol";
import { createContext } from "svelte";
import type { Permissions } from "../access/permissions.svelte.ts";
import type { Draft } from "../draft/draft.svelte.ts";
import type { ShownCamera } from "../draft/shown-camera.svelte.ts";
import type { RunActions } from "./run-actions.svelte.ts";
import type { RunResults } from "./run-results.svelte.ts";
import type { Speed } from "./speed.svelte.ts";
import type { StoreHere } from "./store-here.svelte.ts";

/** What the run bar needs of the page. All that is read here is reactive. */
export interface RunPort {
  readonly actions: RunActions;
  readonly results: RunResults;
  readonly speed: Speed;
  readonly store: Pick<StoreHere, "choice" | "place" | "isActive" | "datasets" | "placeOfRun">;
  readonly draft: Pick<
    Draft,
    "ready" | "working" | "plans" | "resolved" | "diskFreeBytes" | "allProblems" | "warnings" | "messageOf"
  >;
  readonly camera: Pick<ShownCamera, "index" | "stream" | "nameAmongSeveral">;
  /** Whose cameras these are. */
  readonly camerasOf: "Camera computer" | "This browser";
  readonly isConnected: boolean;
  readonly permissions: Pick<Permissions, "refusal">;
  /** What tells this browser's user that a recording has ended. */
  readonly endSignal: "none" | "sound" | "notification";
  chooseEndSignal(signal: "none" | "sound" | "notification"): Promise<void>;
  /** Shows a dataset of this browser. */
  openHere(name: string): void;
  /** Shows a dataset of the camera computer. */
  openThere(name: string): void;
  /** A dataset of this browser as a file. */
  exportHere(name: string): Promise<void>;
  readonly stats: Stats | null;
  /** When the statistics came, ms of `performance.now()`. */
  readonly statsAtMs: number;
  /** Frames a second that the canvas shows; null: none yet. */
  readonly shownFps: number | null;
}

export const [useRun, provideRun] = createContext<RunPort>();
