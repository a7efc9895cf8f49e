import type { RemoteRuntime } from "@zarrcam/client/remote";
import type {
  Configuration,
  DatasetInfo,
  Fix,
  Hello,
  Meaning,
  Plan,
  Problem,
  RunSummary,
  StreamStats,
  VideoStream,
} from "@zarrcam/protocol";
import { tick } from "svelte";
import { Link, message } from "../connection/link.svelte.ts";
import { MessageLog } from "../log/message-log.svelte.ts";
import { resultOf, resultOfCutOff, type Result } from "../run/result.ts";
import { diskLeftS } from "../run/sentence.ts";
import { Run } from "../run/run.svelte.ts";
import { complete } from "../configuration/complete.ts";
import { Draft } from "../draft/draft.svelte.ts";
import { same } from "../configuration/path.ts";
import { replacedBy, replacedWords, stillReplaced, type Replaced } from "../draft/fewer-cameras.ts";
import { setRegion, setSide, snapRegion, type Edit, type Region } from "../configuration/sequence.ts";
import { isActive, streamIndex, streamName } from "../configuration/streams.ts";
import { waysOut, type WayOut } from "../draft/remedies.ts";
import { Questions } from "../ui/questions.svelte.ts";
import { Preferences } from "./preferences.svelte.ts";
import type { Rectangle, ViewerControl, ViewerHooks } from "../viewer/ports.ts";

export type LeftTab = "setup" | "datasets";
export type DockTab = "layout" | "frames" | "rates" | "log";

/** More cameras than this would have to be given names one after another. */
const MOST_RENAMINGS = 16;

/** The whole desk: one connection, one draft, one run, one viewer, and what is open on the page. */
export class Desk implements ViewerHooks {
  readonly log = new MessageLog();
  readonly preferences = new Preferences();
  readonly questions = new Questions();
  readonly link: Link;
  readonly draft: Draft;
  readonly run: Run;
  leftTab = $state<LeftTab>("setup");
  dockTab = $state<DockTab | null>(null);
  /** Index in `video` of the camera whose settings are shown. */
  stream = $state(0);
  shortcutsOpen = $state(false);
  viewer = $state.raw<ViewerControl | null>(null);

  /** The settings that a camera computer had before it was started anew, and lost; null: nothing was lost. */
  lostSettings = $state.raw<Configuration | null>(null);

  /** A set-up of several cameras that something with fewer took the place of; null: nothing did. */
  replaced = $state.raw<Replaced | null>(null);

  /** The canvas is to show the camera of the set-up as soon as it is there. */
  #follows = false;

  /** What Full frame goes back to: the set-up before the first region was drawn, per stream. */
  readonly #fullFrame: Record<number, Region> = {};
  /** A document that was just loaded: its name, if taken, counts up in the same step of undo. */
  #renaming: string | null = null;
  #rounds = 0;

  constructor() {
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
    this.draft = new Draft(
      {
        fetch: () => this.#runtime().getRevision(),
        validate: (configuration) => this.#validate(configuration),
        apply: (configuration, revision) => this.#runtime().setConfiguration(configuration, { revision }),
      },
      (notice) => this.log.add("info", notice, { polite: true }),
    );
    this.link = new Link(url, this.log, {
      hello: (hello, first) => {
        const restarted = !first && this.#wasRestarted(hello);
        const before = this.draft.applied;
        this.draft.adopt({ configuration: hello.configuration, revision: hello.revision });
        this.run.speed.adopt(hello.speed, hello.stats.host_clock_ms);
        if (restarted) this.#afterRestart(hello, before);
        this.run.adopt(hello.last_run, hello.state);
        if (first) for (const entry of hello.log) this.log.fromBridge(entry, { quiet: true });
        if (first)
          this.log.add(
            "info",
            `Connected to the camera computer, zarrcam ${hello.version}. Data folder: ${hello.data_dir}`,
          );
      },
      configuration: ({ configuration, revision, changed_by }) => {
        // The viewer hears of it after the desk.
        queueMicrotask(() => this.followCamera());
        if (changed_by === this.link.client) return;
        const by =
          changed_by === "runtime" ? "the camera computer" : changed_by === "cli" ? "the command line" : "another page";
        this.draft.remoteChange({ configuration, revision }, by);
      },
      state: (state, before) => {
        this.run.stateChanged(state, before);
        if (state === "Armed") this.draft.revalidate();
      },
      stats: (stats) => {
        this.run.takeStats(stats);
        if (stats.state === "Running" || stats.state === "Previewing") {
          for (const stream of stats.streams) this.#sample(stream, stats.host_clock_ms);
          this.link.historyVersion += 1;
        }
      },
      speed: (progress) => this.run.speed.take(progress),
      runEnded: (summary) => this.#runEnded(summary),
    });
    this.run = new Run(this);
  }

  connect(): void {
    void this.link.connect();
  }

  get current(): VideoStream | undefined {
    return this.draft.stream(this.stream);
  }
  /** Path of the shown stream in the document. */
  get base(): string {
    return `video[${this.stream}]`;
  }
  get plan(): Plan | null {
    return this.draft.plans[this.stream] ?? null;
  }
  /** What the shown stream's settings mean; null: the core has not said yet. */
  get meaning(): Meaning | null {
    return this.draft.meanings[this.stream] ?? null;
  }
  get capabilities() {
    return this.link.capabilities.video[this.stream];
  }
  /** Free where the shown stream writes: by the run that goes on, else by the last look at the set-up. */
  get diskFreeBytes(): number | null {
    const running = this.link.runtimeState === "Running" ? this.streamStats?.disk_free_bytes : null;
    return running ?? this.draft.diskFreeBytes?.[this.stream] ?? null;
  }
  /** How long that disk lasts at the pace of all streams that write to it; null: not known, or nothing is written. */
  get diskLeftS(): number | null {
    const { working, meanings, diskFreeBytes } = this.draft;
    // Streams that see the same free bytes at the same moment write to the same disk.
    const here = diskFreeBytes[this.stream];
    const perMinute = working.video.reduce((sum, stream, index) => {
      const shares = isActive(stream) && (index === this.stream || diskFreeBytes[index] === here);
      return shares ? sum + (meanings[index]?.cost.bytes_per_minute ?? 0) : sum;
    }, 0);
    return diskLeftS(this.diskFreeBytes, perMinute);
  }
  get streamStats(): StreamStats | undefined {
    return this.link.stats?.streams.find(({ stream }) => stream === this.stream);
  }

  get renderer() {
    return this.preferences.renderer;
  }
  keepRenderer(choice: ViewerHooks["renderer"]): void {
    this.preferences.setRenderer(choice);
  }

  /** Why the fields cannot be edited now; null: they can. */
  get lockedReason(): string | null {
    if (!this.link.connected) return "Locked: the camera computer is not connected, and the settings are there";
    if (!this.draft.ready) return "Locked until the settings have come";
    if (this.link.runtimeState === "Running")
      return "Locked while recording: the data would not be what its settings say";
    return null;
  }

  get locked(): boolean {
    return this.lockedReason !== null;
  }

  edit(label: string, edits: readonly Edit[]): void {
    if (this.lockedReason) {
      this.log.announce(this.lockedReason);
      return;
    }
    this.draft.edit(label, edits);
  }

  /** The way out of a problem, for all cameras that have it alike; its label says of which, where it is of several. */
  fixOf(problem: Problem): { label: string; go: () => void } | null {
    if (!problem.fix) return null;
    const same = this.draft.alike(problem);
    const active = this.draft.working.video.filter(isActive).length;
    const names = same.map(({ path }) => this.#cameraName(streamIndex(path) ?? 0));
    const whose = same.length < active ? names.join(" and ") : active === 2 ? "both cameras" : `all ${active} cameras`;
    const { label } = problem.fix;
    return {
      label: same.length === 1 ? label : `${label}, ${whose}`,
      go: () => {
        if (!this.locked)
          this.edit(
            label,
            same.flatMap(({ fix }) => (fix ? this.#fixEdits(fix) : [])),
          );
      },
    };
  }

  #fixEdits(fix: Fix): Edit[] {
    // Width and height are the camera's and the dimension's at once.
    const side = /^(video\[(\d+)\])\.camera\.settings\.shape\[([01])\]$/.exec(fix.path);
    const stream = side ? this.draft.stream(Number(side[2])) : undefined;
    if (side?.[1] && stream) return setSide(stream, side[1], side[3] === "0" ? 0 : 1, Number(fix.value));
    return [{ path: fix.path, value: fix.value }];
  }

  #cameraName(index: number): string {
    const stream = this.draft.stream(index);
    return stream ? streamName(stream, index) : `Camera ${index + 1}`;
  }

  /** Whose frame, trigger or figure it is, where there are several cameras; null: there is one. */
  get cameraInView(): string | null {
    return this.draft.working.video.filter(isActive).length > 1 ? this.#cameraName(this.stream) : null;
  }

  /** What would mend a problem that has no one right value. */
  waysOut(problem: Problem): WayOut[] {
    const index = streamIndex(problem.path) ?? -1;
    const stream = this.draft.stream(index);
    if (!stream) return [];
    return waysOut(problem, {
      stream,
      base: `video[${index}]`,
      plan: this.draft.plans[index] ?? null,
      freeBytes: this.draft.diskFreeBytes[index] ?? null,
      camera: this.link.capabilities.video[index]?.camera ?? null,
      devices: this.link.devices,
    });
  }

  /** A whole document from an example, a preset or a dataset; a name that is taken is counted up. */
  load(label: string, document: Configuration): void {
    if (this.lockedReason) {
      this.log.announce(this.lockedReason);
      return;
    }
    this.#renaming = label;
    const before = this.draft.working;
    this.draft.replace(label, document);
    this.replaced = replacedBy(label, before, document) ?? stillReplaced(this.replaced, label, document);
    if (this.replaced) this.say(replacedWords(this.replaced), { level: "warning", polite: true });
    if (this.stream >= document.video.length) this.showCamera(0);
    this.log.add("info", `${label}: loaded. Undo takes it back.`, { polite: true });
  }

  /** A file. What is in it is the core's to judge: fields of a wrong type would leave nothing to draw. */
  async importDocument(name: string, document: Configuration): Promise<void> {
    try {
      const { problems } = await this.#runtime().validate(document);
      const unreadable = problems.filter(({ code }) => code === "type" || code === "unknown_field");
      if (unreadable.length === 0) {
        this.load(`Import of ${name}`, complete(document));
        return;
      }
      const list = unreadable.map(({ path, message }) => `${path}: ${message}`);
      this.say(`${name} was not imported. ${list.join(" ")}`, { level: "error", polite: true });
    } catch (error) {
      this.say(`${name} was not imported. ${message(error)}`, { level: "error", polite: true });
    }
    this.dockTab = "log";
  }

  /** In the set-up, and on the canvas unless a dataset stands there; a camera that was just added comes when it is in force. */
  showCamera(index: number): void {
    this.stream = index;
    this.#follows = true;
    this.followCamera();
  }

  /** Once no dataset stands on the canvas any more, too. */
  followCamera(): void {
    if (!this.#follows || this.viewer?.dataset !== null) return;
    this.viewer.selectStream(this.stream);
    this.#follows = this.viewer.active !== this.stream;
  }

  openDataset(dataset: DatasetInfo): void {
    this.viewer?.openDataset(dataset.name);
  }

  /** Opens what hides a problem's field, and puts the focus there. */
  async focusProblem(problem: Problem): Promise<void> {
    const index = streamIndex(problem.path) ?? this.stream;
    if (this.draft.stream(index) && index !== this.stream) this.showCamera(index);
    if (/acquisition_dimensions|storage_order/.test(problem.path)) this.dockTab = "layout";
    else this.leftTab = "setup";
    await tick();
    const home = this.draft.homeOf(problem.path);
    const fields = [...document.querySelectorAll<HTMLElement>("[data-path]")].filter(({ dataset }) =>
      dataset["path"]?.split(" ").includes(home ?? ""),
    );
    // In Layout and in Sequence the same count may stand twice: the editor that has all of it comes first.
    const field = fields.find((element) => element.closest("[data-dock]")) ?? fields[0];
    if (!field) {
      document.getElementById("problems")?.focus();
      return;
    }
    for (let around = field.closest("details"); around; around = around.parentElement?.closest("details") ?? null)
      around.open = true;
    field.scrollIntoView({ block: "nearest" });
    field.focus();
    this.log.announce(this.draft.told(problem));
  }

  // What the viewer asks.

  setRegion(stream: number, region: Rectangle | null): void {
    const video = this.draft.stream(stream);
    const camera = this.link.capabilities.video[stream]?.camera;
    if (!video || !camera) return;
    const { offset, shape } = video.camera.settings;
    const base = `video[${stream}]`;
    if (region) {
      this.#fullFrame[stream] ??= { x: offset[0], y: offset[1], width: shape[0], height: shape[1] };
      this.edit("ROI", setRegion(video, base, snapRegion(region, camera)));
      return;
    }
    const [width, height] = camera.default_shape;
    const full = this.#fullFrame[stream] ?? { x: 0, y: 0, width, height };
    delete this.#fullFrame[stream];
    this.edit("Full frame", setRegion(video, base, full));
  }

  startLive(): void {
    void this.run.startLive();
  }

  saveTiff(): void {
    void this.run.saveTiff();
  }

  selectStream(stream: number): void {
    this.stream = stream;
    this.#follows = false;
  }

  say(text: string, options: { level?: "info" | "warning" | "error"; polite?: boolean } = {}): void {
    this.log.add(options.level ?? "info", text, { polite: options.polite ?? false });
  }

  #runtime(): RemoteRuntime {
    if (!this.link.runtime) throw new Error("The camera computer is not connected.");
    return this.link.runtime;
  }

  /** The same process counts its revisions up, and knows its last run. */
  #wasRestarted(hello: Hello): boolean {
    return hello.revision < this.draft.revision || hello.stats.run_id !== (this.link.stats?.run_id ?? null);
  }

  /** Says what became of a recording that went on when the camera computer ended, and offers the settings back. */
  #afterRestart(hello: Hello, before: Configuration): void {
    for (const entry of hello.log) this.log.fromBridge(entry, { quiet: true });
    if (!same(before, hello.configuration)) this.lostSettings = before;
    const cutOff = this.run.recordingPaths;
    this.run.recordingPaths = [];
    this.run.notice = "The camera computer was started anew.";
    this.log.add("warning", this.run.notice, { polite: true });
    if (cutOff.length === 0) return;
    this.#showResult(resultOfCutOff(cutOff, null));
    void this.#tellRecovered(cutOff);
  }

  async #tellRecovered(paths: readonly string[]): Promise<void> {
    // Recovery begins with the process, and takes its time with large data.
    for (let tries = 0; tries < 20; tries += 1) {
      await this.link.refreshDatasets();
      const found = this.link.datasets.filter(({ path }) => paths.includes(path));
      if (found.length === paths.length && found.every(({ state }) => state === "closed")) {
        this.#showResult(resultOfCutOff(paths, found));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 500 * (1 + tries)));
    }
  }

  /** In the run bar until it is read, and in the log for good. */
  #showResult(result: Result): void {
    const level = result.level === "failed" || result.level === "lost" ? "error" : "info";
    this.log.add(level, [`${result.text}${result.rest}`, result.details].filter((part) => part !== "").join("\n"), {
      // The red one is an alert, which is read at once.
      polite: level === "info",
    });
    this.run.show(result);
  }

  /** The set-up of several cameras again, as it was before another took its place. */
  bringBack(): void {
    const { replaced } = this;
    this.replaced = null;
    if (replaced) this.load("The set-up from before", replaced.before);
  }

  restoreSettings(): void {
    const settings = this.lostSettings;
    this.lostSettings = null;
    if (settings) this.load("The settings from before", settings);
  }

  async #validate(configuration: Configuration) {
    const label = this.#renaming;
    const verdict = await this.#runtime().validate(configuration);
    // Another document, loaded meanwhile, waits for a verdict of its own.
    if (label === null || label !== this.#renaming) return verdict;
    // Two cameras may be given the same next name: then the second one counts on in the next round.
    const fixes = verdict.problems.flatMap(({ code, fix }) =>
      fix && (code === "exists" || code === "duplicate") ? [fix] : [],
    );
    if (fixes.length === 0 || ++this.#rounds > MOST_RENAMINGS) {
      this.#renaming = null;
      this.#rounds = 0;
      return verdict;
    }
    queueMicrotask(() => {
      // Another edit may have come before the verdict: undo of it must not bring the taken name back.
      this.draft.edit(label, fixes, { joined: this.draft.canUndo === label });
      const names = fixes.map(({ value }) => String(value)).join(", ");
      this.log.add("info", `That name is taken: ${names} instead.`);
    });
    return verdict;
  }

  #sample(stats: StreamStats, atMs: number): void {
    this.link.history.add(stats.stream, atMs, {
      camera_fps: stats.rates.camera_fps,
      stored_fps: this.link.runtimeState === "Running" ? stats.rates.stored_fps : null,
      shown_fps: this.viewer?.shownFps ?? null,
      queue_percent: stats.queue.capacity > 0 ? (100 * stats.queue.frames) / stats.queue.capacity : null,
      lost: stats.ledger.dropped,
    });
  }

  #runEnded(summary: RunSummary): void {
    this.run.ended();
    this.#showResult(resultOf(summary));
  }
}
