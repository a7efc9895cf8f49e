import type { Fix, Validation } from "@zarrcam/protocol";
import type { Say } from "../log/say.ts";
import type { Draft } from "./draft.svelte.ts";

export interface FreeNamesPort {
  readonly draft: Pick<Draft, "working" | "canUndo" | "edit">;
  say: Say;
}

/** The names of a document that was just loaded: those that are taken count up, in the same step of undo. */
export class FreeNames {
  readonly #port: FreeNamesPort;
  /** Of the document that waits for its verdict; null: none does. */
  #label: string | null = null;
  #rounds = 0;

  constructor(port: FreeNamesPort) {
    this.#port = port;
  }

  loading(label: string): void {
    this.#label = label;
    this.#rounds = 0;
  }

  /** What stands in the fields was judged. */
  judged({ problems }: Validation): void {
    const label = this.#label;
    if (label === null) return;
    const fixes = problems.flatMap(({ code, fix }) =>
      fix && (code === "exists" || code === "duplicate") ? [fix] : [],
    );
    // Cameras may be given the same next name: then each round frees one of them more.
    if (fixes.length === 0 || ++this.#rounds > this.#port.draft.working.video.length + 1) {
      this.#label = null;
      return;
    }
    queueMicrotask(() => this.#count(label, fixes));
  }

  #count(label: string, fixes: readonly Fix[]): void {
    const { draft, say } = this.#port;
    // Another edit may have come before the verdict: undo of it must not bring the taken name back.
    draft.edit(label, fixes, { joined: draft.canUndo === label });
    say(`That name is taken: ${fixes.map(({ value }) => String(value)).join(", ")} instead.`);
  }
}
