import type { HostRuntime } from "@zarrcam/client/native";
import type { LogLevel } from "@zarrcam/protocol";

/** Makes whole what a crash left in the data folder, one after the other, and says so. Never rejects. */
export async function recoverDatasets(
  runtime: Pick<HostRuntime, "listDatasets" | "recoverDataset">,
  report: (level: LogLevel, message: string) => void,
): Promise<void> {
  const damaged = await runtime.listDatasets().then(
    (all) => all.filter(({ state }) => state === "needs_recovery"),
    (error: Error) => {
      report("error", `The data folder could not be read: ${error.message}`);
      return [];
    },
  );
  for (const { name } of damaged) {
    try {
      const { frames_stored } = await runtime.recoverDataset(name);
      const frames = frames_stored === 1 ? "1 frame is" : `${frames_stored.toLocaleString("en")} frames are`;
      report("warning", `${name} was left open by a crash and has been recovered: ${frames} saved.`);
    } catch (error) {
      report("error", `${name} was left open by a crash and could not be recovered: ${(error as Error).message}`);
    }
  }
}
