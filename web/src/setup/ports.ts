import type { DeviceIdentifier, DeviceInfo, Problem } from "@zarrcam/protocol";
import { createContext } from "svelte";
import type { CameraFeaturesPort } from "../camera-features/ports.ts";
import type { DiskRoom } from "../draft/disk-room.ts";
import type { Draft } from "../draft/draft.svelte.ts";
import type { Editing } from "../draft/editing.svelte.ts";
import type { Remedies } from "../draft/remedies.svelte.ts";
import type { ReplacedCameras } from "../draft/replaced-cameras.svelte.ts";
import type { ShownCamera } from "../draft/shown-camera.svelte.ts";
import type { Say } from "../log/say.ts";
import type { Question } from "../ui/questions.svelte.ts";
import type { Objectives } from "./objectives.svelte.ts";

/** USB3 Vision cameras that the user can give to this page. */
export interface UsbCameras {
  /** What the browser lacks, in sentences; null: nothing. */
  readonly lack: string | null;
  /** What a system needs before it lets a browser have a camera; `line`: to be copied. */
  readonly help: readonly { readonly system: string; readonly text: string; readonly line?: string }[];
  /** Lets the user choose one, in a click; null: none was chosen. Throws a sentence. */
  add(): Promise<DeviceIdentifier | null>;
}

/** What the set-up needs of the page. All that is read here is reactive. */
export interface SetupPort extends CameraFeaturesPort {
  readonly draft: Draft;
  readonly editing: Pick<Editing, "locked" | "lockedReason" | "edit" | "load" | "importDocument">;
  readonly camera: Pick<ShownCamera, "index" | "stream" | "base" | "plan" | "resolved" | "capabilities" | "show">;
  readonly objectives: Objectives;
  readonly remedies: Pick<Remedies, "fixOf">;
  readonly replacedCameras: Pick<ReplacedCameras, "text" | "forget" | "take">;
  readonly disk: Pick<DiskRoom, "freeBytes" | "leftS">;
  readonly devices: readonly DeviceInfo[];
  /** Whose cameras these are. */
  readonly camerasOf: "Camera computer" | "This browser";
  /** Null: they are a camera computer's. */
  readonly usbCameras: UsbCameras | null;
  /** Where the camera computer's are to be stored; those of this browser are stored in it. */
  readonly store: { readonly place: "computer" | "browser" | "both" };
  /** Where the camera computer writes. */
  readonly dataDir: string;
  readonly isConnected: boolean;
  /** Why there is no connection; null: there is one, or nothing was tried yet. */
  readonly connectionProblem: string | null;
  /** Settings that the camera computer lost when it was started anew, to be had back. */
  readonly restartRecovery: { readonly areOffered: boolean; restore(): void; forget(): void };
  /** Recordings in this browser that were left open, by a page that was closed or crashed. */
  readonly browserRecovery: {
    readonly found: readonly string[];
    readonly busy: boolean;
    recover(): Promise<void>;
    forget(): void;
  };
  /** The name itself where it is free, else the first free one that counts on from it; null: not connected. */
  nextName(uri: string, taken: readonly string[]): Promise<string | null>;
  /** In the fields and on the canvas, from which a dataset goes. */
  selectCamera(index: number): void;
  showFullFrame(): void;
  /** Opens what hides the problem's field, and puts the focus there. */
  goToProblem(problem: Problem): Promise<void>;
  openLayout(): void;
  ask(question: Question): Promise<boolean>;
  say: Say;
}

export const [useSetup, provideSetup] = createContext<SetupPort>();
