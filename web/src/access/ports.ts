import { createContext } from "svelte";
import type { You } from "@zarrcam/protocol";
import type { AccessDesk } from "./access-desk.svelte.ts";
import type { Entry } from "./entry.svelte.ts";
import type { Permissions } from "./permissions.svelte.ts";

/** What the dialog of access needs of the page. All that is read here is reactive. */
export interface AccessPort {
  readonly access: AccessDesk;
  readonly permissions: Pick<Permissions, "may" | "refusal">;
  /** Who this page is to the camera computer; null: nobody said. */
  readonly you: You | null;
  /** The camera computer does not let this browser in any more. */
  readonly isShutOut: boolean;
  readonly entry: Entry;
}

export const [useAccess, provideAccess] = createContext<AccessPort>();
