import type { AuditPage } from "@zarrcam/protocol";
import { createContext } from "svelte";
import type { Control } from "./control.svelte.ts";

/** What the parts of this folder need of the page. */
export interface ControlPort {
  readonly control: Control;
  /** Who did what, newest first. */
  getAudit(part: { from: number; count: number }): Promise<AuditPage>;
  /** For screen readers alone. */
  announce(text: string): void;
}

export const [useControl, provideControl] = createContext<ControlPort>();
