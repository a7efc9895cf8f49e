import type { Configuration, Validation } from "@zarrcam/protocol";
import type { Permissions } from "../access/permissions.svelte.ts";
import { withDefaults } from "../configuration/with-defaults.ts";
import type { Edit } from "../configuration/edit.ts";
import type { Say } from "../log/say.ts";
import { errorText } from "../ui/error-text.ts";
import type { Draft } from "./draft.svelte.ts";
import type { FreeNames } from "./free-names.ts";
import type { ReplacedCameras } from "./replaced-cameras.svelte.ts";
import type { ShownCamera } from "./shown-camera.svelte.ts";

export interface EditingPort {
  readonly isConnected: boolean;
  readonly isRecording: boolean;
  readonly permissions: Pick<Permissions, "refusal" | "shutOut">;
  readonly draft: Pick<Draft, "ready" | "working" | "edit" | "replace">;
  validate(document: Configuration): Promise<Validation>;
  say: Say;
  /** For screen readers alone. */
  announce(text: string): void;
  readonly freeNames: Pick<FreeNames, "loading">;
  readonly replacedCameras: Pick<ReplacedCameras, "loaded" | "text">;
  readonly camera: Pick<ShownCamera, "index" | "show">;
  /** A file was refused: the log says why, and is to be in sight. */
  importRefused(): void;
}

/** Whether the fields can be edited, and every edit that is more than one field's: whole documents, and what follows from them. */
export class Editing {
  readonly #port: EditingPort;

  constructor(port: EditingPort) {
    this.#port = port;
  }

  /** Why the fields cannot be edited now; null: they can. */
  get lockedReason(): string | null {
    const { isConnected, isRecording, draft, permissions } = this.#port;
    if (permissions.shutOut !== null) return permissions.shutOut;
    if (!isConnected) return "Cannot be changed: the cameras are not connected";
    if (!draft.ready) return "Cannot be changed until the settings have loaded";
    const forbidden = permissions.refusal("control");
    if (forbidden !== null) return forbidden;
    if (isRecording) return "Cannot be changed while recording";
    return null;
  }

  get locked(): boolean {
    return this.lockedReason !== null;
  }

  edit(label: string, edits: readonly Edit[]): void {
    if (!this.#refused()) this.#port.draft.edit(label, edits);
  }

  /** A whole document from an example, a preset or a dataset. */
  load(label: string, document: Configuration): void {
    if (this.#refused()) return;
    const { draft, freeNames, replacedCameras, camera, say } = this.#port;
    const before = draft.working;
    freeNames.loading(label);
    draft.replace(label, document);
    replacedCameras.loaded(label, before, document);
    if (replacedCameras.text !== null) say(replacedCameras.text, { level: "warning", polite: true });
    if (camera.index >= document.video.length) camera.show(0);
    say(`${label}: loaded. Undo takes it back.`, { polite: true });
  }

  /** A file. What is in it is the core's to judge: fields of a wrong type would leave nothing to draw. */
  async importDocument(name: string, document: Configuration): Promise<void> {
    try {
      const { problems } = await this.#port.validate(document);
      const unreadable = problems.filter(({ code }) => code === "type" || code === "unknown_field");
      if (unreadable.length === 0) {
        this.load(`Import of ${name}`, withDefaults(document));
        return;
      }
      const list = unreadable.map(({ path, message }) => `${path}: ${message}`);
      this.#port.say(`${name} was not imported. ${list.join(" ")}`, { level: "error", polite: true });
    } catch (error) {
      this.#port.say(`${name} was not imported. ${errorText(error)}`, { level: "error", polite: true });
    }
    this.#port.importRefused();
  }

  #refused(): boolean {
    const reason = this.lockedReason;
    if (reason !== null) this.#port.announce(reason);
    return reason !== null;
  }
}
