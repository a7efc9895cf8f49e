import type { Runtime } from "@zarrcam/client/remote";
import type { PreviewFrame, Problem, RuntimeState } from "@zarrcam/protocol";
import type { Permissions } from "../access/permissions.svelte.ts";
import type { Draft } from "../draft/draft.svelte.ts";
import type { Editing } from "../draft/editing.svelte.ts";
import type { ShownCamera } from "../draft/shown-camera.svelte.ts";
import type { Say } from "../log/say.ts";
import type { Question } from "../ui/questions.svelte.ts";
import type { LastRecorded } from "./last-recorded.svelte.ts";
import type { Replacement } from "./replacement.ts";
import type { RunResults } from "./run-results.svelte.ts";
import type { StoreHere } from "./store-here.svelte.ts";

export type RunCalls = Pick<
  Runtime,
  "start" | "abort" | "giveUp" | "snap" | "saveSnapshot" | "measureSpeed" | "executeTrigger"
>;

/** What the actions of the run bar need of the page. */
export interface RunActionsPort {
  readonly isConnected: boolean;
  readonly runtimeState: RuntimeState;
  readonly permissions: Pick<Permissions, "refusal" | "shutOut">;
  /** Null: there was no connection yet. */
  readonly runtime: RunCalls | null;
  readonly draft: Pick<Draft, "errors" | "failure" | "pending" | "messageOf" | "applied" | "working" | "idle">;
  readonly camera: Pick<ShownCamera, "index" | "stream" | "capabilities" | "nameAmongSeveral" | "follow">;
  /** The canvas; null: there is none yet. */
  readonly viewer: { goLive(): void; closeDataset(): void; showSnap(stream: number, frame: PreviewFrame): void } | null;
  readonly results: Pick<RunResults, "result" | "snapshot">;
  readonly recorded: Pick<LastRecorded, "configuration" | "again">;
  readonly replacement: Pick<Replacement, "mayReplace" | "mayDeleteForeign">;
  /** This browser as a place to store. */
  readonly store: Pick<StoreHere, "isActive" | "begin" | "started" | "cancel" | "stop">;
  /** Frames that were captured and wait to be saved. */
  readonly framesInFlight: number;
  readonly editing: Pick<Editing, "load">;
  readonly datasets: { refresh(): Promise<void> };
  /** What stands in the field that has the focus counts, though the field was not left. */
  commitFocusedField(): void;
  goToProblem(problem: Problem): Promise<void>;
  ask(question: Question): Promise<boolean>;
  say: Say;
  /** For screen readers alone. */
  announce(text: string): void;
}
