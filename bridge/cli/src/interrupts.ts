import type { NativeRuntime } from "@zarrcam/client/native";
import type { RunSummary } from "@zarrcam/protocol";

import { say } from "./output.ts";

interface InterruptibleRun {
  /** Begins the run. Ctrl-C is heard before it does: of what is captured nothing is left behind, however early it comes. */
  start: () => Promise<unknown>;
  /** The run has no end of its own: wait for Ctrl-C, and do not ask it to stop before. */
  unlimited: boolean;
  /** The run goes on from here. */
  onStarted: () => void;
  onGiveUp: () => void;
}

/**
 * Starts a run and waits for its end. The first Ctrl-C ends capture and stores what was captured; the second gives up what is not
 * stored; a third is left to the system.
 */
export async function withInterrupts(
  runtime: Pick<NativeRuntime, "stop" | "abort" | "giveUp" | "on" | "getState">,
  { start, unlimited, onStarted, onGiveUp }: InterruptibleRun,
): Promise<RunSummary> {
  let signals = 0;
  let started = false;
  // A run may fail before its start is answered.
  const failed = unlimited ? runEnded(runtime) : null;
  return new Promise((resolve, reject) => {
    // An event alone does not keep Node alive, and an unlimited run is awaited by its events.
    const alive = setInterval(() => undefined, 2 ** 30);
    const done = () => {
      clearInterval(alive);
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    };
    const settle = (work: Promise<RunSummary>) => void work.then(resolve, reject).finally(done);
    const end = () => {
      if (signals === 1) return settle(runtime.abort());
      onGiveUp();
      settle(runtime.giveUp());
    };
    const interrupt = () => {
      signals += 1;
      if (signals === 1) say("Ending; what was captured is being stored. Ctrl-C again gives up what is not stored.");
      else done();
      if (started) end();
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    start().then(
      () => {
        started = true;
        if (signals > 0) return end();
        settle(failed ?? runtime.stop());
        onStarted();
      },
      (error: unknown) => {
        done();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** By itself only a failure ends such a run. */
function runEnded(runtime: Pick<NativeRuntime, "on">): Promise<RunSummary> {
  return new Promise((resolve) => {
    const off = runtime.on("run_ended", (summary) => {
      off();
      resolve(summary);
    });
  });
}
