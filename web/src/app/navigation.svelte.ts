import type { Problem } from "@zarrcam/protocol";
import { tick } from "svelte";
import { streamIndex } from "../configuration/streams.ts";
import type { Draft } from "../draft/draft.svelte.ts";
import type { ShownCamera } from "../draft/shown-camera.svelte.ts";

export type LeftTab = "setup" | "datasets";
export type DockTab = "layout" | "frames" | "rates" | "log" | "audit";

export interface NavigationPort {
  readonly draft: Pick<Draft, "stream" | "fields" | "messageOf">;
  readonly camera: Pick<ShownCamera, "index" | "show">;
  /** For screen readers alone. */
  announce(text: string): void;
  /**
   * Puts the focus into the field of a path, and opens what hides it.
   * @returns whether there is one
   */
  focusField(path: string): boolean;
  focusProblems(): void;
}

/** What is open on the page, and the ways there. */
export class Navigation {
  leftTab = $state<LeftTab>("setup");
  /** Null: the dock is closed. */
  dockTab = $state<DockTab | null>(null);
  shortcutsOpen = $state(false);
  /** What concerns a page that came from no bridge: the way to one, and its version. */
  siteOpen = $state(false);
  readonly #port: NavigationPort;

  constructor(port: NavigationPort) {
    this.#port = port;
  }

  /** Opens what hides a problem's field, and puts the focus there. */
  async goToProblem(problem: Problem): Promise<void> {
    const { draft, camera } = this.#port;
    const index = streamIndex(problem.path) ?? camera.index;
    if (draft.stream(index) && index !== camera.index) camera.show(index);
    if (/acquisition_dimensions|storage_order/.test(problem.path)) this.dockTab = "layout";
    else this.leftTab = "setup";
    // What was opened registers its fields.
    await tick();
    const field = draft.fields.nearest(problem.path);
    if (field !== null && this.#port.focusField(field)) this.#port.announce(draft.messageOf(problem));
    else this.#port.focusProblems();
  }
}
