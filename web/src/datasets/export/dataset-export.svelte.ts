import type { DatasetInfo } from "@zarrcam/protocol";
import { bridgeDataUrl } from "../../connection/bridge-address.ts";
import { errorText } from "../../ui/error-text.ts";
import { formatBytes } from "../../ui/format.ts";
import type { Say } from "../../log/say.ts";
import { type ArchiveFile, archiveName, chooseFile, likelyKind } from "./archive-file.ts";
import type { ExportProgress } from "./export-archive.ts";
import type { Exported, ExportedFrom, FromExport, StartExport, ToExport } from "./messages.ts";
import { Copying, type Failed } from "../copying.ts";
import { type PlacedDataset, keyOf } from "../placed-dataset.ts";
import type { DatasetPlace } from "../../viewer/ports.ts";

export interface ExportPort {
  readonly computer: { readonly isConnected: boolean; readonly isRecording: boolean };
  /** The disk is the recording's alone: nothing is read from it. */
  readonly isRecording: boolean;
  getDatasetInfo(name: string, place: DatasetPlace): Promise<DatasetInfo | null>;
  say: Say;
}

export interface Exporting {
  /** Of the dataset. */
  key: string;
  name: string;
  fileName: string;
  /** Null: its files are being listed. */
  progress: ExportProgress | null;
  /** It waits for the end of a recording. */
  held: boolean;
}

interface ExportWorker {
  postMessage(message: ToExport): void;
  onmessage: ((event: MessageEvent<FromExport>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

/** Datasets as files on this computer, one at a time; it goes on whatever the page shows. */
export class DatasetExport {
  current = $state.raw<Exporting | null>(null);
  /** What came of the last one. */
  outcome = $state.raw<{ key: string; text: string; failed: boolean } | null>(null);
  readonly #port: ExportPort;
  readonly #choose: typeof chooseFile;
  readonly #makeWorker: () => ExportWorker;
  readonly #copying = new Copying<StartExport, ExportProgress, Exported>();

  constructor(
    port: ExportPort,
    choose = chooseFile,
    makeWorker = (): ExportWorker =>
      new Worker(new URL("./export.worker.ts", import.meta.url), { type: "module", name: "zarrcam export" }),
  ) {
    this.#port = port;
    this.#choose = choose;
    this.#makeWorker = makeWorker;
  }

  /** Only Zarr is many files; TIFF and raw are one. */
  static concerns({ kind }: Pick<DatasetInfo, "kind">): boolean {
    return kind === "zarr2" || kind === "zarr3";
  }

  /** Why a dataset cannot be exported now, in a sentence; null: it can. */
  refusal({ state, place }: Pick<PlacedDataset, "state" | "place">): string | null {
    if (state === "open") return "It is still being recorded: export it when the recording has ended";
    if (state === "needs_recovery") return "Recover it first: what a crash left is not whole";
    if (place === "bridge" && !this.#port.computer.isConnected)
      return "Not connected: the files are on the camera computer";
    if (this.#diskIsTaken) return "A recording has the disk for itself: export when it has ended";
    if (this.current) return `${this.current.name} is being exported; one after the other`;
    return null;
  }

  async start(dataset: PlacedDataset): Promise<void> {
    const { name, place } = dataset;
    const key = keyOf(dataset);
    if (this.refusal(dataset) !== null) return;
    const kind = likelyKind(dataset);
    this.outcome = null;
    let file: ArchiveFile | null = null;
    try {
      // First of all, while the click still counts.
      file = await this.#choose(archiveName(name, kind), kind);
      if (!file) return;
      // A dialog may stand for long.
      const now = await this.#port.getDatasetInfo(name, place);
      const refusal = now ? this.refusal({ ...now, place }) : "It is not there any more";
      if (refusal !== null) throw new Error(`${refusal}.`);
      this.current = { key, name, fileName: file.name, progress: null, held: false };
      const done = await this.#run(dataset, file.handle);
      if (done.kind === "failed") {
        await file.discard();
        this.#tell(dataset, done.cancelled ? "Export cancelled." : done.message, !done.cancelled);
        return;
      }
      await file.finish();
      const plain = done.plan.why === null || kind === "zip" ? "" : ` It is no .ozx: ${done.plan.why}`;
      this.#tell(dataset, `Exported to ${file.name}, ${formatBytes(done.bytes)}.${plain}`, false);
    } catch (error) {
      await file?.discard();
      this.#tell(dataset, errorText(error), true);
    } finally {
      this.current = null;
    }
  }

  cancel(): void {
    this.#copying.cancel();
  }

  #run(dataset: PlacedDataset, file: FileSystemFileHandle): Promise<Exported | Failed> {
    const start = { kind: "start", from: sourceOf(dataset), file } as const;
    const change = (change: Partial<Exporting>) => {
      if (this.current) this.current = { ...this.current, ...change };
    };
    return this.#copying.run(this.#makeWorker(), start, {
      mustWait: () => this.#diskIsTaken,
      progress: (progress) => change({ progress }),
      held: (held) => change({ held }),
    });
  }

  get #diskIsTaken(): boolean {
    return this.#port.isRecording || this.#port.computer.isRecording;
  }

  #tell(dataset: PlacedDataset, text: string, failed: boolean): void {
    const { name } = dataset;
    this.outcome = { key: keyOf(dataset), text, failed };
    this.#port.say(`${name}: ${text}`, { level: failed ? "error" : "info", polite: true });
  }
}

function sourceOf({ name, place }: PlacedDataset): ExportedFrom {
  if (place === "browser") return { path: `/${name}` };
  return { url: bridgeDataUrl(name) };
}
