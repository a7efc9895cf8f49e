import type { ViewerHooks } from "./ports.ts";
import type { RendererChoice } from "./core/renderer-choice.ts";
import type { Backend, FromView } from "./live/messages.ts";

/** What the view worker tells of itself: who draws, and whether live pictures can come. */
export class ViewStatus {
  /** Null: nobody draws yet. */
  backend = $state.raw<Backend | null>(null);
  /** Who is to draw. */
  renderer = $state<RendererChoice>("auto");
  /** Why no live pictures come; null: the view worker is connected. */
  linkProblem = $state<string | null>(null);
  /** Why pictures cannot be drawn; null: they are. */
  failure = $state<string | null>(null);
  readonly #say: ViewerHooks["say"];

  constructor(renderer: RendererChoice, say: ViewerHooks["say"]) {
    this.renderer = renderer;
    this.#say = say;
  }

  receive(message: FromView): void {
    switch (message.kind) {
      case "backend":
        this.#sayBackend(this.backend, message.backend);
        this.backend = message.backend;
        return;
      case "link":
        this.linkProblem = message.state === "connected" ? null : (message.reason ?? "The connection is being made.");
        return;
      case "failed":
        // A renderer that fails does so with every picture: it is said once.
        if (this.failure === message.message) return;
        this.failure = message.message;
        this.#say(`The image could not be drawn: ${message.message}`, { level: "error" });
        return;
      default:
        return;
    }
  }

  #sayBackend(before: Backend | null, { kind, absence }: Backend): void {
    if (!before) return;
    if (absence) this.#say(`${absence.reason} ${absence.remedy}`, { level: "warning", polite: true });
    else if (kind === "canvas2d") this.#say("The 2-D canvas draws, as was chosen.", { polite: true });
    else if (before.absence) this.#say("The graphics device is back: WebGPU draws again.", { polite: true });
    else this.#say("WebGPU draws.", { polite: true });
  }
}
