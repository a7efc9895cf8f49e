import { isZarrcamError } from "@zarrcam/client/remote";
import type { RuntimeState } from "@zarrcam/protocol";
import { same } from "../configuration/path.ts";
import { errorText } from "../ui/error-text.ts";
import { formatCount } from "../ui/format.ts";
import { cameraError, isTriggered, refusalOf, type RunAction } from "./refusals.ts";
import type { RunActionsPort, RunCalls } from "./run-actions-port.ts";

/** What the run bar does, and why it is refused. */
export class RunActions {
  /** The action that was asked for and not answered yet. */
  pending = $state<RunAction | null>(null);
  /** Stop was pressed: what was captured is being stored. */
  stopping = $state(false);
  /** Why the last action failed; stays until the next one. */
  error = $state<string | null>(null);
  readonly #port: RunActionsPort;

  constructor(port: RunActionsPort) {
    this.#port = port;
  }

  /** What goes on; a recording does until all of it is saved, also in this browser. */
  get state(): RuntimeState {
    if (this.#port.store.isActive) return "Running";
    return this.#port.isConnected ? this.#port.runtimeState : "Closed";
  }

  /** Why an action is not possible now; null: it is. */
  refusal(action: RunAction): string | null {
    const { isConnected, permissions, draft, recorded, camera, store } = this.#port;
    const endsHere = action === "stop" && store.isActive;
    if (permissions.shutOut !== null && !endsHere) return permissions.shutOut;
    return refusalOf(action, {
      // What this browser stores can be ended here.
      isConnected: isConnected || endsHere,
      forbidden: endsHere ? null : permissions.refusal(action === "stop" ? "stop" : "control"),
      state: this.state,
      errors: draft.errors,
      messageOf: (problem) => draft.messageOf(problem),
      failure: draft.failure,
      hasPending: draft.pending.length > 0,
      hasRecorded: recorded.configuration !== null,
      isTriggered: isTriggered(camera.stream, camera.capabilities),
    });
  }

  /** What Live shows while the set-up says something that is not in force; null: the set-up is what runs. */
  get runsAsBefore(): string | null {
    const { draft } = this.#port;
    if (this.state !== "Previewing" || !cameraError(draft.errors)) return null;
    const names = draft.applied.video.flatMap(({ camera }) => camera.identifier?.name || []);
    return `Live: ${names.join(", ")}, as last applied`;
  }

  async live(): Promise<void> {
    if (this.#refused("live")) return;
    const { viewer, camera } = this.#port;
    // The viewer goes to the newest frame, and asks for `startLive` where no camera runs.
    if (viewer) {
      viewer.goLive();
      camera.follow();
    } else await this.startLive();
  }

  /** Runs the idle cameras, unsaved. */
  async startLive(): Promise<void> {
    const { runtimeState } = this.#port;
    const idle = runtimeState === "Armed" || runtimeState === "Measuring";
    if (this.pending !== null || !idle || this.#refused("live")) return;
    await this.#call("live", (runtime) => runtime.start({ record: false }));
  }

  async record(): Promise<void> {
    const { results } = this.#port;
    // Pressed, the small print of the run before is out of date; where nothing begins it comes back.
    const before = results.result;
    if (before?.level === "good") results.result = null;
    if (!(await this.#record())) results.result ??= before;
  }

  /** @returns whether a run began */
  async #record(): Promise<boolean> {
    const { draft, replacement } = this.#port;
    this.#port.commitFocusedField();
    await draft.idle();
    if (await this.#recordRefused()) return false;
    const foreign = await replacement.mayReplace();
    if (foreign === null || (await this.#recordRefused())) return false;
    if (foreign.length > 0 && !(await replacement.mayDeleteForeign(foreign))) return false;
    let began = false;
    await this.#call("record", async (runtime) => {
      try {
        await this.#start(runtime, foreign.length > 0);
      } catch (error) {
        // They came since the set-up was looked at.
        if (foreign.length > 0 || !isZarrcamError(error, "foreign_files")) throw error;
        if (!(await replacement.mayDeleteForeign([error.message]))) return;
        await this.#start(runtime, true);
      }
      began = true;
      this.#port.viewer?.goLive();
    });
    return began;
  }

  /** What stores the run in this browser is there before it begins, or it does not begin. */
  async #start(runtime: RunCalls, replaceForeignFiles: boolean): Promise<void> {
    const { store, draft } = this.#port;
    const place = await store.begin(draft.applied);
    try {
      const how = { record: true, nextNames: true, replaceForeignFiles };
      const { runId } = await runtime.start(place === "browser" ? { ...how, storeHere: false } : how);
      if (place !== "computer") store.started(runId);
    } catch (error) {
      if (place !== "computer") await store.cancel();
      throw error;
    }
  }

  async #recordRefused(): Promise<boolean> {
    const [problem] = this.#port.draft.errors;
    const refusal = this.refusal("record");
    if (refusal === null) return false;
    // The run bar says why for as long as it is so. Who may not record need not solve what stands against it.
    if (problem && this.#port.permissions.refusal("control") === null) await this.#port.goToProblem(problem);
    else this.#port.announce(refusal);
    return true;
  }

  /** The last run once more: its settings, under the name that is next. */
  async runAgain(): Promise<void> {
    const { draft, recorded } = this.#port;
    if (this.#refused("again")) return;
    const again = recorded.again(draft.working);
    if (again && !same(again, draft.working)) this.#port.editing.load("Settings of the last run", again);
    await this.record();
  }

  async stop(): Promise<void> {
    if (this.#refused("stop")) return;
    this.stopping = true;
    const { isConnected, store } = this.#port;
    if (isConnected) await this.#call("stop", (runtime) => runtime.abort());
    else await store.stop();
    this.stopping = store.isActive;
  }

  /** What is not stored yet is counted as lost, so the page asks before. */
  async giveUp(): Promise<void> {
    const waiting = () => formatCount(this.#port.framesInFlight, "frame");
    const sure = await this.#port.ask({
      title: "Give up what is not saved yet?",
      lines: () => [`${waiting()} were captured and wait to be saved. They would be lost, and counted as lost.`],
      cancelLabel: "Keep saving",
      confirmLabel: () => `Lose ${waiting()}`,
      isObsolete: () => this.state !== "Running",
    });
    if (sure) await this.#call("stop", (runtime) => runtime.giveUp());
  }

  async snap(): Promise<void> {
    if (this.#refused("snap")) return;
    const { index } = this.#port.camera;
    await this.#call("snap", async (runtime) => {
      const frame = await runtime.snap(index);
      this.#port.viewer?.closeDataset();
      this.#port.viewer?.showSnap(index, frame);
      this.#port.announce(`One frame${this.#ofCamera} taken, not saved`);
    });
  }

  /** One frame as captured, as a TIFF in the data folder. */
  async saveTiff(): Promise<void> {
    if (this.#refused("tiff")) return;
    const { camera, results, say } = this.#port;
    await this.#call("tiff", async (runtime) => {
      const of = this.#ofCamera;
      const { name, path } = await runtime.saveSnapshot(camera.index);
      say(`Saved ${name}${of}, as captured: ${path}`, { polite: true });
      results.snapshot = name + of;
      void this.#port.datasets.refresh();
    });
  }

  /** Two seconds in which cameras and storage show how fast they are. Live makes room, and comes back. */
  async measure(): Promise<void> {
    if (this.#refused("measure")) return;
    this.error = null;
    try {
      await this.#port.runtime?.measureSpeed();
    } catch (error) {
      // Whoever ended it knows why.
      if (isZarrcamError(error, "cancelled"))
        this.#port.say("Measuring was ended before it was done", { polite: true });
      else this.error = errorText(error);
    }
  }

  async trigger(): Promise<void> {
    if (this.#refused("trigger")) return;
    await this.#call("trigger", (runtime) => runtime.executeTrigger(this.#port.camera.index));
  }

  stateChanged(state: RuntimeState): void {
    if (state === "Running" || state === "Previewing") this.error = null;
  }

  runEnded(): void {
    this.stopping = false;
  }

  get #ofCamera(): string {
    const name = this.#port.camera.nameAmongSeveral;
    return name === null ? "" : ` of ${name}`;
  }

  #refused(action: RunAction): boolean {
    const { draft } = this.#port;
    const refusal = this.refusal(action);
    const error = cameraError(draft.errors);
    // The field has the reason beside it, and the remedy.
    if (error && refusal === draft.messageOf(error)) void this.#port.goToProblem(error);
    else if (refusal !== null) this.#port.announce(refusal);
    return refusal !== null;
  }

  async #call(action: RunAction, call: (runtime: RunCalls) => Promise<unknown>): Promise<void> {
    const { runtime } = this.#port;
    if (!runtime) return;
    this.pending = action;
    try {
      await call(runtime);
      this.error = null;
    } catch (error) {
      this.error = errorText(error);
      this.#port.say(this.error, { level: "error", polite: true });
    } finally {
      if (this.pending === action) this.pending = null;
    }
  }
}
