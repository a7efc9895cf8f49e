// A worker that reads a dataset and writes it elsewhere, as the page drives it: a recording on the same disk holds it.

/** Besides what starts it. */
export type ToCopier = { kind: "hold"; on: boolean } | { kind: "cancel" };

export interface Failed {
  kind: "failed";
  cancelled: boolean;
  message: string;
}

interface Copier<Start, Said> {
  postMessage(message: Start | ToCopier): void;
  onmessage: ((event: MessageEvent<Said>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

interface Watcher<Progress> {
  /** Asked again and again. */
  mustWait(): boolean;
  progress(progress: Progress): void;
  held(on: boolean): void;
}

/** How often is looked whether a recording has begun or ended, ms. */
const LOOK_MS = 200;

/** One copy after the other. */
export class Copying<Start, Progress, Done extends { kind: "done" }> {
  #copier: Copier<Start, { kind: "progress"; progress: Progress } | Done | Failed> | null = null;

  async run(
    copier: Copier<Start, { kind: "progress"; progress: Progress } | Done | Failed>,
    start: Start,
    watcher: Watcher<Progress>,
  ): Promise<Done | Failed> {
    this.#copier = copier;
    let held = false;
    const look = setInterval(() => {
      if (watcher.mustWait() === held) return;
      held = !held;
      watcher.held(held);
      copier.postMessage({ kind: "hold", on: held });
    }, LOOK_MS);
    try {
      return await new Promise((resolve) => {
        copier.onmessage = ({ data }) => {
          if (data.kind === "progress") watcher.progress(data.progress);
          else resolve(data);
        };
        copier.onerror = ({ message }) => resolve({ kind: "failed", cancelled: false, message });
        copier.postMessage(start);
      });
    } finally {
      clearInterval(look);
      copier.terminate();
      this.#copier = null;
    }
  }

  cancel(): void {
    this.#copier?.postMessage({ kind: "cancel" });
  }
}
