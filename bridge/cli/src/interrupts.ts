import type { NativeRuntime } from "@zarrcam/client/native";
import type { RunSummary } from "@zarrcam/protocol";

import { say } from "./output.ts";

/**
 * Waits for the run's end. The first Ctrl-C ends capture and stores what was captured; the second gives up what is not
 * stored; a third is left to the system.
 *
 * @param unlimited the run has no end of its own: wait for Ctrl-C, and do not ask it to stop before.
 */
export async function withInterrupts(
  runtime: Pick<NativeRuntime, "stop" | "abort" | "giveUp" | "on" | "getState">,
  unlimited: boolean,
  onGiveUp: () => void,
): Promise<RunSummary> {
  let signals = 0;
  const ended = unlimited ? runEnded(runtime) : runtime.stop();
  return new Promise((resolve, reject) => {
    // An event alone does not keep Node alive, and an unlimited run is awaited by its events.
    const alive = setInterval(() => undefined, 2 ** 30);
    const done = () => {
      clearInterval(alive);
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    };
    const settle = (work: Promise<RunSummary>) => void work.then(resolve, reject).finally(done);
    const interrupt = () => {
      signals += 1;
      if (signals === 1) {
        say("Ending; what was captured is being stored. Ctrl-C again gives up what is not stored.");
        settle(runtime.abort());
      } else {
        onGiveUp();
        done();
        settle(runtime.giveUp());
      }
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    settle(ended);
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
