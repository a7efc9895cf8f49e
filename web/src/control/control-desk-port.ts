import type { ControlCalls, ControlState, You } from "@zarrcam/protocol";
import type { Say } from "../log/say.ts";

/** What control needs of the page. All that is read here is reactive. */
export interface ControlDeskPort {
  /** Who this page is to the camera computer; null: nobody said, or the cameras are this browser's. */
  readonly you: You | null;
  /** How control stands; null: there is none to have. */
  readonly controlState: ControlState | null;
  readonly isConnected: boolean;
  callControl<M extends keyof ControlCalls>(method: M, params: ControlCalls[M]["params"]): Promise<ControlState>;
  say: Say;
}
