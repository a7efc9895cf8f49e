import type { Configuration } from "@zarrcam/protocol";
import { formatOf, withExtension } from "../configuration/formats.ts";

/** The settings of the run that goes on or went on last, as this page saw it. */
export class LastRecorded {
  configuration = $state.raw<Configuration | null>(null);

  /**
   * The settings to record the same once more, under the names that are next.
   * @param working the set-up, whose names have counted up; null: nothing was recorded
   */
  again(working: Configuration): Configuration | null {
    const video = this.configuration?.video.map((stream, index) => {
      const now = working.video[index]?.storage;
      const next = now?.settings.uri ?? stream.storage.settings.uri;
      const [before, after] = [now ?? stream.storage, stream.storage].map(
        ({ identifier }) => formatOf(identifier)?.extension ?? "",
      );
      const uri = next && after !== undefined && before !== after ? withExtension(next, after) : next;
      return { ...stream, storage: { ...stream.storage, settings: { ...stream.storage.settings, uri } } };
    });
    return video ? { video } : null;
  }
}
