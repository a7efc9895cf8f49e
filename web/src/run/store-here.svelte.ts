import type { Configuration, RunSummary, Stats, StreamStats, Validation } from "@zarrcam/protocol";
import type { RecorderClient } from "../recorder/index.ts";
import { BrowserRecording, type BrowserRecordingPort, type FollowedStream } from "./browser-recording.svelte.ts";
import { StoreChoice, type StorePlace } from "./store-choice.svelte.ts";
import { streamsToRecord } from "./stream-to-record.ts";
import { overBothStores } from "./two-stores.ts";

export interface StoreHerePort extends Omit<
  BrowserRecordingPort,
  "openRecorder" | "tell" | "recordingHere" | "beingRecorded"
> {
  openRecorder(): RecorderClient;
  /** The cameras of this browser store here by themselves: there is nothing to choose. */
  readonly camerasOf: "Camera computer" | "This browser";
  /** The page was built with a core for the browser. */
  readonly hasCore: boolean;
  readonly draft: { revalidate(): void };
  readonly results: { tell: BrowserRecordingPort["tell"] };
  /** Who looks at a dataset that is being recorded asks its recorder. */
  readonly browser: {
    readonly datasets: { recording(name: string, serve: (port: MessagePort) => void): () => void };
  };
  /** While it goes on the page is kept open and awake. */
  readonly keepOpen: { set(active: boolean): void };
  /** What a recording left open is looked for. */
  readonly browserRecovery: { look(): Promise<void> };
  readonly datasets: { refresh(): Promise<void> };
  /** Of the camera computer. */
  judge(configuration: Configuration, how: { storeHere: boolean }): Promise<Validation>;
}

/** Where Record stores, what stands against this browser as that place, and what it stores. */
export class StoreHere {
  readonly choice: StoreChoice;
  /** What the document that was judged last would replace here, a sentence each. */
  replaced: readonly string[] = [];
  readonly #port: StoreHerePort;
  readonly #recording: BrowserRecording;
  /** Asked what would be stored here; made when it is first needed. */
  #asked: RecorderClient | null = null;

  constructor(port: StoreHerePort, storage: Pick<Storage, "getItem" | "setItem">) {
    this.#port = port;
    this.choice = new StoreChoice(storage, () => port.draft.revalidate());
    this.#recording = new BrowserRecording({
      openRecorder: () => port.openRecorder(),
      get bridgeUrl() {
        return port.bridgeUrl;
      },
      get isConnected() {
        return port.isConnected;
      },
      get stats() {
        return port.stats;
      },
      beingRecorded: (dataset, serve) => port.browser.datasets.recording(dataset, serve),
      recordingHere: (active) => port.keepOpen.set(active),
      tell: (result) => {
        port.results.tell(result);
        // Names that are taken now, and room.
        port.draft.revalidate();
        void port.browserRecovery.look();
        void port.datasets.refresh();
      },
      say: (text, options) => port.say(text, options),
      wait: (ms) => port.wait(ms),
    });
  }

  get place(): StorePlace {
    return this.choice.place;
  }
  /** Something is being stored here. */
  get isActive(): boolean {
    return this.#recording.isActive;
  }
  /** What the run that goes on stores here; [], where it stores nothing. */
  get datasets(): readonly string[] {
    return this.#recording.isActive ? this.#recording.streams.map(({ dataset }) => dataset) : [];
  }
  /** Where the run that goes on is stored, or was that ended last. */
  get placeOfRun(): StorePlace {
    return this.#recording.place;
  }

  /** The streams that this browser alone stores, as far as each can be read, once the camera computer tells of that run. */
  followed(stats: Stats | null): FollowedStream[] {
    return this.#recording.followed(stats);
  }
  over(stats: Stats): Stats {
    return this.#recording.over(stats);
  }
  /** Where a stream of a run is stored, with what is true there; null: nobody asked for another place than the camera computer. */
  storedAt(stats: StreamStats): { place: "Camera computer" | "This browser" | null; stats: StreamStats }[] {
    const here = this.#recording.statsHere(stats);
    if (!here) return [{ place: null, stats }];
    const there = this.placeOfRun === "both" ? [{ place: "Camera computer", stats } as const] : [];
    return [...there, { place: "This browser", stats: here }];
  }

  /** Finds out what this browser can. */
  async look(): Promise<void> {
    if (this.#port.camerasOf === "This browser") return;
    this.choice.found(await this.#checker.lack(this.#port.hasCore).catch(String));
  }

  /** What stands against a recording of a document, wherever it is to be stored. */
  async validate(configuration: Configuration): Promise<Validation> {
    const { place } = this;
    const there = this.#port.judge(configuration, { storeHere: place !== "browser" });
    this.replaced = [];
    if (place === "computer") return there;
    const [of, { validation }] = await Promise.all([there, this.#check(configuration)]);
    const replacing = validation.problems.filter(({ code }) => code === "overwrite");
    this.replaced = replacing.map(({ message }) => message);
    return overBothStores(of, validation, place);
  }

  /**
   * Before the start: opens what stores it here, where that is wanted.
   * @returns where the run is to be stored
   */
  async begin(configuration: Configuration): Promise<StorePlace> {
    const { place } = this;
    if (place === "computer") return place;
    const { configuration: asStored, validation, names } = await this.#check(configuration);
    const wrong = validation.problems.find(({ severity }) => severity === "error");
    if (wrong) throw new Error(`This browser: ${wrong.message}`);
    const frameBytes = validation.plans.map((plan) => plan?.frame_bytes ?? 0);
    const streams = streamsToRecord(asStored, names, frameBytes);
    // Nothing is to be saved anywhere.
    if (streams.length === 0) return "computer";
    const replaces = new Set(
      names.filter((name, stream) => name !== null && configuration.video[stream]?.storage.settings.overwrite),
    ) as Set<string>;
    await this.#recording.begin(place, streams, asStored, replaces);
    return place;
  }

  started(runId: string): void {
    this.#recording.started(runId);
  }
  /** The start failed. */
  cancel(): Promise<void> {
    return this.#recording.cancel();
  }
  /** Ends it here, whatever the camera computer does. */
  stop(): Promise<void> {
    return this.#recording.stop();
  }
  takeStats(stats: Stats): void {
    this.#recording.takeStats(stats);
  }
  /** @returns whether its result is told by this browser, when all is stored */
  runEnded(summary: RunSummary): boolean {
    return this.#recording.runEnded(summary);
  }

  get #checker(): RecorderClient {
    return (this.#asked ??= this.#port.openRecorder());
  }

  #check(configuration: Configuration) {
    const { layout } = this.choice;
    return this.#checker.check(configuration, layout === "as set up" ? null : layout);
  }
}
