import type { ControlState, LogEntry, RunSummary, RuntimeState } from "@zarrcam/protocol";
import type { AccessDesk } from "../access/access-desk.svelte.ts";
import { roleWord } from "../access/roles.ts";
import type { CamerasOf } from "../connection/cameras-of.ts";
import type { Connection, ConnectionListener } from "../connection/connection.svelte.ts";
import type { DatasetList } from "../datasets/dataset-list.svelte.ts";
import type { Draft } from "../draft/draft.svelte.ts";
import type { ShownCamera } from "../draft/shown-camera.svelte.ts";
import type { Speaker } from "../log/message-log.svelte.ts";
import type { Say } from "../log/say.ts";
import type { Rates } from "../rates/rates.svelte.ts";
import type { LastRecorded } from "../run/last-recorded.svelte.ts";
import { RestartRecovery } from "../run/restart-recovery.svelte.ts";
import { type Result, datasetOf, resultOf } from "../run/result.ts";
import type { RunActions } from "../run/run-actions.svelte.ts";
import type { RunResults } from "../run/run-results.svelte.ts";
import type { Speed } from "../run/speed.svelte.ts";
import type { StoreHere } from "../run/store-here.svelte.ts";
import { stateLabel } from "../run/state-labels.ts";

/** The parts of the page that hear what the camera computer says. */
export interface Listeners {
  readonly camerasOf: CamerasOf;
  /** The page must stay while it records. */
  readonly keepOpen: { set(active: boolean): void };
  readonly access: Pick<AccessDesk, "changed">;
  readonly connection: Pick<Connection, "bridge">;
  readonly draft: Pick<Draft, "applied" | "adopt" | "remoteChange" | "revalidate">;
  readonly camera: Pick<ShownCamera, "follow">;
  readonly actions: Pick<RunActions, "stateChanged" | "runEnded">;
  readonly results: Pick<RunResults, "show" | "tell" | "stateChanged">;
  readonly recorded: Pick<LastRecorded, "configuration">;
  readonly restartRecovery: Pick<RestartRecovery, "takeStats" | "runEnded" | "restarted">;
  readonly store: Pick<StoreHere, "over" | "takeStats" | "runEnded">;
  readonly speed: Pick<Speed, "measuring" | "adopt" | "take" | "watch">;
  readonly rates: Pick<Rates, "clear" | "take">;
  readonly datasets: Pick<DatasetList, "refresh">;
  readonly control: { readonly otherName: string | null; told(before: ControlState | null, after: ControlState): void };
  readonly log: { fromBridge(entry: LogEntry, options?: { quiet?: boolean; from?: Speaker }): void };
  readonly viewer: { readonly shownFps: number | null } | null;
  /** Sound or notification, as this browser's user wants it. */
  signalEnd(result: Result): void;
  say: Say;
  announce(text: string): void;
}

/** Who hears what, and in which order. */
export function listenersOf(parts: Listeners): ConnectionListener {
  const { say } = parts;
  const speaker: Speaker = parts.camerasOf === "This browser" ? "this browser" : "camera computer";
  return {
    hello(hello, before) {
      const settings = parts.draft.applied;
      parts.draft.adopt({ configuration: hello.configuration, revision: hello.revision });
      parts.speed.adopt(hello.speed, hello.stats.unix_ms);
      const restarted = before !== null && RestartRecovery.isRestart(hello, before);
      if (restarted || before === null)
        for (const entry of hello.log) parts.log.fromBridge(entry, { quiet: true, from: speaker });
      if (restarted) parts.restartRecovery.restarted(hello, settings);
      // The run before this page came, or while it was away.
      if (hello.last_run && hello.state !== "Running" && !parts.store.runEnded(hello.last_run))
        parts.results.show({ ...resultOf(hello.last_run), ...leftThere(hello.last_run, hello.data_dir) });
      if (before === null)
        say(
          parts.camerasOf === "This browser"
            ? "The cameras of this browser are ready. What they record stays in this browser."
            : `Connected to the camera computer, zarrcam ${hello.version}. Data folder: ${hello.data_dir}`,
        );
      void parts.datasets.refresh();
    },
    configuration({ configuration, revision, changed_by }) {
      // The viewer hears of it after this.
      queueMicrotask(() => parts.camera.follow());
      if (changed_by !== parts.connection.bridge.client)
        parts.draft.remoteChange({ configuration, revision }, writerLabel(changed_by, parts));
    },
    you({ role }, before) {
      if (role !== before?.role) say(`This browser may ${roleWord(role)} from now on.`, { polite: true });
    },
    accessChanged: () => parts.access.changed(),
    devices: () => parts.draft.revalidate(),
    state(state, before) {
      if (state === "Running") parts.rates.clear();
      if (state === "Running" || before === "Running") void parts.datasets.refresh();
      parts.speed.measuring = state === "Measuring" ? 0 : null;
      if (parts.camerasOf === "This browser") parts.keepOpen.set(state === "Running");
      parts.actions.stateChanged(state);
      parts.results.stateChanged(state);
      // A short run ends before its first statistics.
      if (state === "Running") parts.recorded.configuration = parts.draft.applied;
      tellState(state);
      if (state === "Armed") parts.draft.revalidate();
    },
    stats(stats) {
      parts.restartRecovery.takeStats(stats);
      parts.store.takeStats(stats);
      parts.rates.take(parts.store.over(stats), parts.viewer?.shownFps ?? null);
      if (stats.state === "Running" || stats.state === "Previewing")
        parts.speed.watch(stats, parts.draft.applied.video);
      if (stats.state === "Running") parts.recorded.configuration = parts.draft.applied;
    },
    speed: (progress) => parts.speed.take(progress),
    runEnded(summary) {
      parts.restartRecovery.runEnded();
      parts.actions.runEnded();
      if (!parts.store.runEnded(summary)) {
        const result = { ...resultOf(summary), ...leftThere(summary, parts.connection.bridge.dataDir) };
        parts.signalEnd(result);
        // What lies in this browser is opened and exported from where its result stands.
        parts.results.tell(parts.camerasOf === "This browser" ? { ...result, browser: namesHere(summary) } : result);
      }
      void parts.datasets.refresh();
    },
    log: (entry) => parts.log.fromBridge(entry, { from: speaker }),
    control: (before, after) => parts.control.told(before, after),
  };

  function tellState(state: RuntimeState): void {
    say(`Status: ${stateLabel(state)}`);
    parts.announce(stateLabel(state));
  }
}

/** What the camera computer has of a run, to be opened from where its result stands. */
function leftThere(summary: RunSummary, dataDir: string): { dataset?: string } {
  const dataset = datasetOf(summary, dataDir);
  return dataset === undefined ? {} : { dataset };
}

/** As Datasets lists them: their paths begin at the root of the browser's storage. */
function namesHere({ streams }: RunSummary): string[] {
  return streams.flatMap(({ path }) => (path === null ? [] : path.replace(/^\//, "")));
}

function writerLabel(changedBy: string, { camerasOf, control }: Pick<Listeners, "camerasOf" | "control">): string {
  if (changedBy === "runtime") return camerasOf === "This browser" ? "this browser" : "the camera computer";
  if (changedBy === "cli") return "the command line";
  // Who has control alone changes anything.
  return control.otherName ?? "another page";
}
