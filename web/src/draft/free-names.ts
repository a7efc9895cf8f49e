import type { Fix, Problem, Validation } from "@zarrcam/protocol";
import type { Say } from "../log/say.ts";
import type { Draft } from "./draft.svelte.ts";

export interface FreeNamesPort {
  readonly draft: Pick<Draft, "working" | "canUndo" | "edit">;
  say: Say;
}

/** The names of a document that was just loaded: what is taken counts up, what cannot be written is written otherwise, in the same step of undo. */
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

  /** Takes the core's validation of what stands in the fields. */
  validated({ problems }: Validation): void {
    const label = this.#label;
    if (label === null) return;
    const wrong = problems.filter(isOfName);
    // Cameras may be given the same next name: then each round frees one of them more.
    if (wrong.length === 0 || ++this.#rounds > this.#port.draft.working.video.length + 1) {
      this.#label = null;
      return;
    }
    queueMicrotask(() => this.#count(label, wrong));
  }

  #count(label: string, problems: readonly Fixable[]): void {
    const { draft, say } = this.#port;
    const names = (codes: readonly string[]) =>
      problems.flatMap(({ code, fix }) => (codes.includes(code) ? String(fix.value) : [])).join(", ");
    const [taken, unwritable] = [names(TAKEN), names(UNWRITABLE)];
    // Another edit may have come before the verdict: undo of it must not bring the taken name back.
    draft.edit(
      label,
      problems.map(({ fix }) => fix),
      { joined: draft.canUndo === label },
    );
    if (taken !== "") say(`That name is taken: ${taken} instead.`);
    if (unwritable !== "") say(`Not every computer can write that name: ${unwritable} instead.`);
  }
}

type Fixable = Problem & { fix: Fix };

const TAKEN = ["exists", "duplicate"];
/** Of a dataset that another program has named. */
const UNWRITABLE = ["name"];

function isOfName(problem: Problem): problem is Fixable {
  const { code, path, fix } = problem;
  return fix !== undefined && path.endsWith(".uri") && [...TAKEN, ...UNWRITABLE].includes(code);
}
