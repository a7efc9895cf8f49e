import type { Configuration, Problem, RunSummary, RuntimeState, Stats, Trigger } from "@zarrcam/protocol";
import { isZarrcamError } from "@zarrcam/client/remote";
import { message } from "../connection/link.svelte.ts";
import type { Desk } from "../app/desk.svelte.ts";
import { formatCount } from "../ui/format.ts";
import { formatOf, withExtension } from "../configuration/formats.ts";
import { same } from "../configuration/path.ts";
import { nameInFolder, replacedLine, replacedNames } from "./overwrite.ts";
import { resultOf, type Result } from "./result.ts";
import { Speed } from "./speed.svelte.ts";

const DISMISSED = "zarrcam.dismissed";

/** Paths that say what a camera shows; names and layouts of datasets do not. */
const OF_CAMERA = /^video(\[\d+\](\.camera\b.*|\.frame_period_us|\.frame_average_count)?)?$/;

export type RunAction = "snap" | "live" | "record" | "stop" | "trigger" | "measure" | "again" | "tiff";

/** The words of page.md for Acquire's states. */
export function stateWords(state: RuntimeState): string {
  switch (state) {
    case "Armed":
      return "Ready";
    case "AwaitingConfiguration":
      return "Needs set-up";
    case "Closed":
      return "Not connected";
    case "Previewing":
      return "Live, not saved";
    case "Measuring":
      return "Measuring speed";
    case "Running":
      return "Recording";
  }
}

/** The five actions of the run bar, why one is refused, and what the last run left. */
export class Run {
  readonly #desk: Desk;
  /** The action that was asked for and not answered yet. */
  pending = $state<RunAction | null>(null);
  /** Stop was pressed: what was captured is being stored. */
  stopping = $state(false);
  /** Why the last action failed; stays until the next one. */
  error = $state<string | null>(null);
  /** What the last run left; stays until it is dismissed, or the next run begins. */
  result = $state.raw<Result | null>(null);
  /** What happened outside of any run; stays until the next start. */
  notice = $state<string | null>(null);
  /** The TIFF that was saved last; stays until the next start. */
  snapshot = $state<string | null>(null);
  /** The settings of the run that goes on or went on last, as this page saw it. */
  #recorded = $state.raw<Configuration | null>(null);
  /** Where the run that goes on writes: who tells of it if the camera computer ends. */
  recordingPaths: string[] = [];
  /** What cameras and storage reach, as measured. */
  readonly speed: Speed;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.speed = new Speed((text) => desk.say(text, { polite: true }));
  }

  /** A run that left less than it should, and nobody has said that they know. Live is no next run: it goes on standing. */
  get unread(): Result | null {
    return this.result && this.result.level !== "good" ? this.result : null;
  }

  get state(): RuntimeState {
    return this.#desk.link.connected ? this.#desk.link.runtimeState : "Closed";
  }

  /** Why an action is not possible now; null: it is. */
  refusal(action: RunAction): string | null {
    const { link, draft } = this.#desk;
    if (!link.connected) return "Not connected to the camera computer";
    const state = link.runtimeState;
    switch (action) {
      case "record": {
        if (state === "Running") return "Already recording";
        const [first, ...more] = draft.errors;
        if (first) return more.length > 0 ? `${more.length + 1} problems: ${draft.told(first)}` : draft.told(first);
        if (state === "AwaitingConfiguration") return "Choose a camera first";
        if (draft.failure) return draft.failure;
        return null;
      }
      case "live":
        if (state === "AwaitingConfiguration") return "Choose a camera first";
        // What runs already goes on as it was applied; the run bar says so.
        return state === "Running" || state === "Previewing" ? null : this.#cameraRefusal();
      case "snap":
        if (state === "AwaitingConfiguration") return "Choose a camera first";
        if (state === "Running") return "Recording: every frame is saved already";
        return this.#cameraRefusal();
      case "tiff":
        if (state === "AwaitingConfiguration") return "Choose a camera first";
        return state === "Running" ? null : this.#cameraRefusal();
      case "measure": {
        if (state === "Running") return "Not while recording";
        if (state === "Measuring") return "Being measured now";
        if (state === "AwaitingConfiguration") return "Choose a camera first";
        return draft.errors.length > 0 || draft.pending.length > 0 ? "Mend the problems of the set-up first" : null;
      }
      case "again":
        if (!this.#recorded) return "Nothing was recorded since this page was opened";
        return state === "Running" ? "Already recording" : null;
      case "stop":
        return state === "Armed" || state === "AwaitingConfiguration" ? "Nothing runs" : null;
      case "trigger":
        if (!this.triggered) return "The software trigger is off: Camera, Advanced";
        return state === "Running" || state === "Previewing" ? null : "No camera waits: start Live or Record";
    }
  }

  /** An error of a camera's settings: a picture taken now would be another camera's, or of other settings than these. */
  get #cameraTrouble(): Problem | undefined {
    return this.#desk.draft.errors.find(({ path }) => OF_CAMERA.test(path));
  }

  #cameraRefusal(): string | null {
    const trouble = this.#cameraTrouble;
    return trouble ? this.#desk.draft.told(trouble) : null;
  }

  /** What Live shows while the set-up says something that is not in force; null: the set-up is what runs. */
  get runsAsBefore(): string | null {
    if (this.state !== "Previewing" || !this.#cameraTrouble) return null;
    const names = this.#desk.draft.applied.video.flatMap(({ camera }) => camera.identifier?.name || []);
    return `Live: ${names.join(", ")}, as last applied`;
  }

  /** The camera waits for the line "software": at the start of the run, of each frame, or of the exposure. */
  get triggered(): boolean {
    const inputs = this.#desk.current?.camera.settings.input_triggers;
    const triggers: Trigger[] = inputs ? [inputs.acquisition_start, inputs.frame_start, inputs.exposure] : [];
    const lines = this.#desk.capabilities?.camera?.lines ?? [];
    return triggers.some(({ enable, line }) => enable && lines[line] === "software");
  }

  async live(): Promise<void> {
    if (this.#refused("live")) return;
    const { viewer } = this.#desk;
    // The viewer goes to the newest frame, and asks for `startLive` where no camera runs.
    if (viewer) {
      viewer.goLive();
      this.#desk.followCamera();
    } else await this.startLive();
  }

  /** Runs the idle cameras, unsaved. */
  async startLive(): Promise<void> {
    const { runtimeState } = this.#desk.link;
    const idle = runtimeState === "Armed" || runtimeState === "Measuring";
    if (this.pending !== null || !idle || this.#refused("live")) return;
    await this.#ask("live", (runtime) => runtime.start({ record: false }));
  }

  async record(): Promise<void> {
    // Pressed, the small print of the run before is out of date; where nothing begins it comes back.
    const before = this.result;
    if (before?.level === "good") this.result = null;
    if (!(await this.#record())) this.result ??= before;
  }

  /** @returns whether a run began */
  async #record(): Promise<boolean> {
    // What stands in the focused field counts, though the field was not left.
    document.activeElement?.dispatchEvent(new Event("change", { bubbles: true }));
    await this.#desk.draft.idle();
    if (await this.#recordRefused()) return false;
    const foreign = await this.#mayReplace();
    if (foreign === null || (await this.#recordRefused())) return false;
    if (foreign.length > 0 && !(await this.#mayReplaceForeign(foreign))) return false;
    let began = false;
    await this.#ask("record", async (runtime) => {
      const how = { record: true, nextNames: true };
      try {
        await runtime.start({ ...how, replaceForeignFiles: foreign.length > 0 });
      } catch (error) {
        // They came since the set-up was looked at.
        if (foreign.length > 0 || !isZarrcamError(error, "foreign_files")) throw error;
        if (!(await this.#mayReplaceForeign([error.message]))) return;
        await runtime.start({ ...how, replaceForeignFiles: true });
      }
      began = true;
      this.#desk.viewer?.goLive();
    });
    return began;
  }

  async #recordRefused(): Promise<boolean> {
    const [problem] = this.#desk.draft.errors;
    const refusal = this.refusal("record");
    if (refusal === null) return false;
    // The run bar says why for as long as it is so.
    if (problem) await this.#desk.focusProblem(problem);
    else this.#desk.log.announce(refusal);
    return true;
  }

  /**
   * Asks once for all that the run would replace, as it stands there now.
   * @returns what is said of files in it that are somebody else's; null: nothing is to be replaced
   */
  async #mayReplace(): Promise<string[] | null> {
    const { draft, link, questions } = this.#desk;
    if (!draft.working.video.some(({ storage }) => storage.settings.overwrite)) return [];
    // Something may have taken the name since the set-up was looked at.
    draft.revalidate();
    await draft.idle();
    const names = replacedNames(draft.allProblems, draft.working.video);
    if (names.length === 0) return [];
    const lines = await Promise.all(
      names.map(async (uri) => {
        const name = nameInFolder(uri, link.dataDir);
        const info = await link.runtime?.getDatasetInfo(name).catch(() => null);
        return replacedLine(name, info ?? null);
      }),
    );
    const end =
      names.length === 1
        ? "It is deleted when the recording begins, and nothing brings it back."
        : "They are deleted when the recording begins, and nothing brings them back.";
    const sure = await questions.ask({
      title: names.length === 1 ? `Replace ${names[0]}?` : `Replace ${names.length} datasets?`,
      lines: () => [...lines, end],
      keep: "Keep",
      act: () => "Replace and record",
      moot: () => this.refusal("record") !== null,
    });
    return sure ? draft.allProblems.filter(({ code }) => code === "foreign_files").map(({ message }) => message) : null;
  }

  /** A second question: these were put there by hand, or by another program. */
  #mayReplaceForeign(messages: readonly string[]): Promise<boolean> {
    return this.#desk.questions.ask({
      title: "Delete files that zarrcam did not write?",
      lines: () => [...messages, "They go with the dataset, and nothing brings them back."],
      keep: "Keep",
      act: () => "Delete them and record",
      moot: () => this.state === "Running" || this.state === "Closed",
    });
  }

  /** The last run once more: its settings, under the name that is next. */
  async runAgain(): Promise<void> {
    const { draft } = this.#desk;
    if (this.#refused("again") || !this.#recorded) return;
    const again = this.#recorded.video.map((stream, index) => {
      const now = draft.working.video[index]?.storage;
      const next = now?.settings.uri ?? stream.storage.settings.uri;
      const [before, after] = [now ?? stream.storage, stream.storage].map(
        ({ identifier }) => formatOf(identifier)?.extension ?? "",
      );
      const uri = next && after !== undefined && before !== after ? withExtension(next, after) : next;
      return { ...stream, storage: { ...stream.storage, settings: { ...stream.storage.settings, uri } } };
    });
    if (!same(again, draft.working.video)) this.#desk.load("Settings of the last run", { video: again });
    await this.record();
  }

  async stop(): Promise<void> {
    if (this.#refused("stop")) return;
    this.stopping = true;
    await this.#ask("stop", (runtime) => runtime.abort());
    this.stopping = false;
  }

  /** What is not stored yet is counted as lost, so the page asks before. */
  async giveUp(): Promise<void> {
    const waiting = () =>
      formatCount(
        (this.#desk.link.stats?.streams ?? []).reduce((sum, { ledger }) => sum + ledger.in_flight, 0),
        "frame",
      );
    const sure = await this.#desk.questions.ask({
      title: "Give up what is not saved yet?",
      lines: () => [`${waiting()} were captured and wait to be saved. They would be lost, and counted as lost.`],
      keep: "Keep saving",
      act: () => `Lose ${waiting()}`,
      moot: () => this.state !== "Running",
    });
    if (sure) await this.#ask("stop", (runtime) => runtime.giveUp());
  }

  async snap(): Promise<void> {
    if (this.#refused("snap")) return;
    const { stream } = this.#desk;
    await this.#ask("snap", async (runtime) => {
      const frame = await runtime.snap(stream);
      this.#desk.viewer?.closeDataset();
      this.#desk.viewer?.showSnap(stream, frame);
      const camera = this.#desk.cameraInView;
      this.#desk.log.announce(`One frame${camera === null ? "" : ` of ${camera}`} taken, not saved`);
    });
  }

  /** One frame as captured, as a TIFF in the data folder. */
  async saveTiff(): Promise<void> {
    if (this.#refused("tiff")) return;
    await this.#ask("tiff", async (runtime) => {
      const camera = this.#desk.cameraInView;
      const { name, path } = await runtime.saveSnapshot(this.#desk.stream);
      const of = camera === null ? "" : ` of ${camera}`;
      this.#desk.say(`Saved ${name}${of}, as captured: ${path}`, { polite: true });
      this.snapshot = name + of;
      void this.#desk.link.refreshDatasets();
    });
  }

  /** Two seconds in which cameras and storage show how fast they are. Live makes room, and comes back. */
  async measure(): Promise<void> {
    if (this.#refused("measure")) return;
    this.error = null;
    try {
      await this.#desk.link.runtime?.measureSpeed();
    } catch (error) {
      // Whoever ended it knows why.
      if (isZarrcamError(error, "cancelled"))
        this.#desk.say("Measuring was ended before it was done", { polite: true });
      else this.error = message(error);
    }
  }

  async trigger(): Promise<void> {
    if (this.#refused("trigger")) return;
    await this.#ask("trigger", (runtime) => runtime.executeTrigger(this.#desk.stream));
  }

  stateChanged(state: RuntimeState, before: RuntimeState): void {
    this.speed.measuring = state === "Measuring" ? 0 : null;
    if (state === "Running" || state === "Previewing") {
      this.error = null;
      this.snapshot = null;
      this.notice = null;
      if (state === "Running") {
        this.result = null;
        // A short run ends before its first statistics.
        this.#recorded = this.#desk.draft.applied;
      }
    }
    this.#desk.log.add("info", `${stateWords(before)}, now: ${stateWords(state)}.`);
    this.#desk.log.announce(stateWords(state));
  }

  takeStats(stats: Stats): void {
    if (stats.state !== "Running" && stats.state !== "Previewing") return;
    this.recordingPaths = stats.state === "Running" ? stats.streams.flatMap(({ path }) => path ?? []) : [];
    this.speed.watch(stats, this.#desk.draft.applied.video);
    if (stats.state === "Running") this.#recorded = this.#desk.draft.applied;
  }

  ended(): void {
    this.recordingPaths = [];
    this.stopping = false;
  }

  /** The run before this page came, or while it was away. */
  adopt(last: RunSummary | null, state: RuntimeState): void {
    if (last && state !== "Running") this.show(resultOf(last));
  }

  show(result: Result): void {
    if (result.id !== sessionStorage.getItem(DISMISSED)) this.result = result;
  }

  dismiss(): void {
    // A reload of this page does not bring it back.
    if (this.result) sessionStorage.setItem(DISMISSED, this.result.id);
    this.result = null;
  }

  #refused(action: RunAction): boolean {
    const refusal = this.refusal(action);
    const trouble = this.#cameraTrouble;
    // The field has the reason beside it, and the way out.
    if (trouble && refusal === this.#desk.draft.told(trouble)) void this.#desk.focusProblem(trouble);
    else if (refusal !== null) this.#desk.log.announce(refusal);
    return refusal !== null;
  }

  async #ask(
    action: RunAction,
    ask: (runtime: NonNullable<Desk["link"]["runtime"]>) => Promise<unknown>,
  ): Promise<void> {
    const runtime = this.#desk.link.runtime;
    if (!runtime) return;
    this.pending = action;
    try {
      await ask(runtime);
      this.error = null;
    } catch (error) {
      this.error = message(error);
      this.#desk.log.add("error", this.error, { polite: true });
    } finally {
      if (this.pending === action) this.pending = null;
    }
  }
}
