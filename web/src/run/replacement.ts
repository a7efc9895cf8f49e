import type { DatasetInfo, RuntimeState } from "@zarrcam/protocol";
import type { Draft } from "../draft/draft.svelte.ts";
import type { Question } from "../ui/questions.svelte.ts";
import { nameInFolder, replacedLine, replacedNames } from "./overwrite.ts";
import type { StorePlace } from "./store-choice.svelte.ts";

export interface ReplacementPort {
  readonly draft: Pick<Draft, "working" | "allProblems" | "revalidate" | "idle">;
  readonly dataDir: string;
  /** `replaced`: what would be replaced in this browser, a sentence each. */
  readonly store: { readonly place: StorePlace; readonly replaced: readonly string[] };
  readonly runtimeState: RuntimeState;
  readonly isConnected: boolean;
  /** What stands in the folder under a name; null: nobody knows. */
  getDatasetInfo(name: string): Promise<DatasetInfo | null>;
  ask(question: Question): Promise<boolean>;
  /** Whether Record is refused, for whatever reason. */
  isRecordRefused(): boolean;
}

/** The questions before a recording takes the place of something. */
export class Replacement {
  readonly #port: ReplacementPort;

  constructor(port: ReplacementPort) {
    this.#port = port;
  }

  /**
   * Asks once for all that the run would replace, as it stands there now.
   * @returns what is said of files in it that are somebody else's; null: nothing is to be replaced
   */
  async mayReplace(): Promise<string[] | null> {
    const { draft, dataDir } = this.#port;
    if (!draft.working.video.some(({ storage }) => storage.settings.overwrite)) return [];
    // Something may have taken the name since the set-up was looked at.
    draft.revalidate();
    await draft.idle();
    const names = replacedNames(draft.allProblems, draft.working.video);
    if (names.length === 0) return [];
    const { place, replaced } = this.#port.store;
    const there =
      place === "browser"
        ? []
        : await Promise.all(
            names.map(async (uri) => {
              const name = nameInFolder(uri, dataDir);
              return replacedLine(name, await this.#port.getDatasetInfo(name));
            }),
          );
    const lines = [...there, ...replaced];
    const end =
      names.length === 1
        ? "It is deleted when the recording begins, and nothing brings it back."
        : "They are deleted when the recording begins, and nothing brings them back.";
    const sure = await this.#port.ask({
      title: names.length === 1 ? `Replace ${names[0]}?` : `Replace ${names.length} datasets?`,
      lines: () => [...lines, end],
      cancelLabel: "Keep",
      confirmLabel: () => "Replace and record",
      isObsolete: () => this.#port.isRecordRefused(),
    });
    return sure ? draft.allProblems.filter(({ code }) => code === "foreign_files").map(({ message }) => message) : null;
  }

  /** A second question: these were put there by hand, or by another program. */
  mayDeleteForeign(messages: readonly string[]): Promise<boolean> {
    return this.#port.ask({
      title: "Delete files that zarrcam did not write?",
      lines: () => [...messages, "They go with the dataset, and nothing brings them back."],
      cancelLabel: "Keep",
      confirmLabel: () => "Delete them and record",
      isObsolete: () => this.#port.runtimeState === "Running" || !this.#port.isConnected,
    });
  }
}
