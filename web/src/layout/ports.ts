import type { Suggestion, AccessPattern } from "@zarrcam/protocol";
import { createContext } from "svelte";
import type { DiskRoom } from "../draft/disk-room.ts";
import type { Draft } from "../draft/draft.svelte.ts";
import type { Editing } from "../draft/editing.svelte.ts";
import type { ShownCamera } from "../draft/shown-camera.svelte.ts";
import type { Say } from "../log/say.ts";

/** What the dimension editor needs of the page. All that is read here is reactive. */
export interface LayoutPort {
  readonly draft: Pick<Draft, "ready">;
  readonly editing: Pick<Editing, "locked" | "lockedReason" | "edit">;
  readonly camera: Pick<ShownCamera, "index" | "stream" | "base" | "plan" | "resolved" | "capabilities">;
  readonly disk: Pick<DiskRoom, "leftS">;
  /** A sound layout of the shown camera's dimensions for a use of the data; null: not connected. */
  suggest(use: AccessPattern): Promise<Suggestion | null>;
  say: Say;
  /** For screen readers alone. */
  announce(text: string): void;
}

export const [useLayout, provideLayout] = createContext<LayoutPort>();
