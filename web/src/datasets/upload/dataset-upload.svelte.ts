import type { Permissions } from "../../access/permissions.svelte.ts";
import type { Say } from "../../log/say.ts";
import { errorText } from "../../ui/error-text.ts";
import { formatBytes } from "../../ui/format.ts";
import { Copying, type Failed } from "../copying.ts";
import { type PlacedDataset, keyOf } from "../placed-dataset.ts";
import type { UploadProgress } from "./upload-dataset.ts";
import type { StartUpload, Uploaded } from "./upload.worker.ts";

export interface UploadPort {
  readonly permissions: Pick<Permissions, "refusal">;
  /** `isRecording`: its disk is the recording's alone, and nothing else is written to it. */
  readonly computer: { readonly isConnected: boolean; readonly isRecording: boolean };
  /** Of the camera computer; null: there is none. */
  readonly bridgeOrigin: string | null;
  /** The first name that counts on and is free there. */
  nextNameThere(name: string, taken: readonly string[]): Promise<string | null>;
  readonly datasets: { find(name: string, place: "bridge"): unknown; refresh(only: "bridge"): Promise<void> };
  say: Say;
}

export interface Uploading {
  /** Of the dataset. */
  key: string;
  /** On the camera computer. */
  name: string;
  /** Null: its files are being listed. */
  progress: UploadProgress | null;
  /** It waits for the end of a recording. */
  held: boolean;
}

/** Datasets of this browser copied to the camera computer, one at a time; it goes on whatever the page shows. */
export class DatasetUpload {
  current = $state.raw<Uploading | null>(null);
  /** What came of the last one. */
  outcome = $state.raw<{ key: string; text: string; failed: boolean } | null>(null);
  readonly #port: UploadPort;
  readonly #copying = new Copying<StartUpload, UploadProgress, Uploaded>();

  constructor(port: UploadPort) {
    this.#port = port;
  }

  /** Why a dataset cannot be copied now, in a sentence; null: it can. */
  refusal({ state }: Pick<PlacedDataset, "state">): string | null {
    if (state === "open") return "It is still being recorded: copy it when the recording has ended";
    if (state === "needs_recovery") return "Recover it first: what a crash left is not whole";
    const { computer, permissions } = this.#port;
    if (!computer.isConnected || this.#port.bridgeOrigin === null) return "Not connected to a camera computer";
    const forbidden = permissions.refusal("data");
    if (forbidden !== null) return forbidden;
    if (computer.isRecording) return "A recording has the disk for itself: copy it when it has ended";
    if (this.current) return `${this.current.name} is being copied; one after the other`;
    return null;
  }

  async start(dataset: PlacedDataset): Promise<void> {
    if (this.refusal(dataset) !== null) return;
    const { datasets, bridgeOrigin } = this.#port;
    const key = keyOf(dataset);
    this.outcome = null;
    try {
      const isTaken = datasets.find(dataset.name, "bridge") !== undefined;
      const next = isTaken ? await this.#port.nextNameThere(dataset.name, [dataset.name]) : dataset.name;
      const name = next ?? dataset.name;
      this.current = { key, name, progress: null, held: false };
      const done = await this.#run(`/${dataset.name}`, bridgeOrigin ?? "", name);
      if (done.kind === "done")
        this.#tell(dataset, `Copied to the camera computer as ${name}, ${formatBytes(dataset.bytes)}.`, false);
      else this.#tell(dataset, done.cancelled ? "Copy cancelled." : done.message, !done.cancelled);
    } catch (error) {
      this.#tell(dataset, errorText(error), true);
    } finally {
      this.current = null;
    }
    await datasets.refresh("bridge");
  }

  cancel(): void {
    this.#copying.cancel();
  }

  #run(path: string, origin: string, name: string): Promise<Uploaded | Failed> {
    const worker = new Worker(new URL("./upload.worker.ts", import.meta.url), {
      type: "module",
      name: "zarrcam upload",
    });
    const change = (change: Partial<Uploading>) => {
      if (this.current) this.current = { ...this.current, ...change };
    };
    return this.#copying.run(
      worker,
      { kind: "start", path, origin, name },
      {
        mustWait: () => this.#port.computer.isRecording,
        progress: (progress) => change({ progress }),
        held: (held) => change({ held }),
      },
    );
  }

  #tell(dataset: PlacedDataset, text: string, failed: boolean): void {
    this.outcome = { key: keyOf(dataset), text, failed };
    this.#port.say(`${dataset.name}: ${text}`, { level: failed ? "error" : "info", polite: true });
  }
}
