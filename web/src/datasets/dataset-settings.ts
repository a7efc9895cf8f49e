import type { Configuration, DatasetInfo, Dimension, FileDescription, VideoStream } from "@zarrcam/protocol";
import { withDefaults } from "../configuration/with-defaults.ts";
import { deviceFor, FORMATS } from "../configuration/formats.ts";
import { dimension, framesPerStored } from "../configuration/sequence.ts";
import { micrometres } from "../configuration/sizes.ts";

/** All that it was recorded with. The name is the dataset's, which may have been moved since; a taken one counts up. */
export function settingsRecorded(dataset: DatasetInfo, recorded: VideoStream): Configuration {
  const settings = { ...recorded.storage.settings, uri: dataset.name };
  // A second recording replaces nothing that the first one left.
  delete settings.overwrite;
  return withDefaults({ video: [{ ...recorded, storage: { ...recorded.storage, settings } }] });
}

/**
 * What a dataset of any origin tells of how it was made, on top of the stream that stands in the set-up: what it does not tell stays.
 * @param described what a TIFF or raw file says of its run; null: it is neither, or not ours
 */
export function settingsInferred(
  dataset: DatasetInfo,
  stream: VideoStream,
  described: FileDescription | null,
): Configuration {
  const axes = [...dataset.axes].reverse();
  const sizes = [...dataset.shape].reverse();
  const chunks = [...dataset.chunks].reverse();
  const shards = dataset.shards ? [...dataset.shards].reverse() : null;
  const last = axes.length - 1;
  const dimensions = axes.map((axis, index): Dimension => {
    const chunk = chunks[index] ?? 1;
    const shard = shards ? Math.max(1, Math.round((shards[index] ?? chunk) / chunk)) : 0;
    return {
      ...dimension(axis.name, axis.kind, index === last ? 0 : (sizes[index] ?? 1), chunk, shard),
      // Without a unit nobody knows how large a step is.
      ...(axis.unit && index >= 2 ? { scale: axis.scale, unit: axis.unit } : {}),
      ...(axis.labels.length > 0 ? { labels: axis.labels } : {}),
    };
  });
  const zarr = dataset.kind === "zarr2" || dataset.kind === "zarr3";
  const format = FORMATS.find(({ id }) => id === dataset.kind) ?? FORMATS[0];
  if (!format) throw new Error("There is no format to write.");
  const { name, compression } = deviceFor(format, dataset.codec ?? { codec: "none", level: 1, shuffle: "byte" });
  const inner = sizes.slice(2, -1).reduce((product, size) => product * size, 1);
  return withDefaults({
    video: [
      {
        ...stream,
        camera: {
          identifier: described?.camera?.identifier ?? stream.camera.identifier,
          settings: {
            ...stream.camera.settings,
            ...described?.camera?.settings,
            ...(dataset.pixel_type && stream.frame_average_count <= 1 ? { pixel_type: dataset.pixel_type } : {}),
            shape: [sizes[0] ?? stream.camera.settings.shape[0], sizes[1] ?? stream.camera.settings.shape[1]],
          },
        },
        storage: {
          ...stream.storage,
          identifier: { id: [0, 0], kind: "Storage", name },
          settings: {
            ...stream.storage.settings,
            uri: dataset.name,
            ...(described?.notes ? { notes: described.notes } : {}),
            // A file that describes itself says by that, too, that there was none.
            ...(described ? { external_metadata_json: described.external_metadata_json } : {}),
            acquisition_dimensions: zarr ? dimensions : [],
            pixel_scale_um: [scaleOf(axes[0]), scaleOf(axes[1])],
            ...(compression ? { compression } : {}),
            ...(dataset.levels.length > 1 ? { multiscale: { method: "mean", max_levels: 0 } } : {}),
          },
        },
        max_frame_count: Math.max(1, (sizes[last] ?? 1) * inner * framesPerStored(stream)),
      },
    ],
  });
}

/** What of the set-up stayed as it was, in words; null: nothing did. */
export function unchangedText(described: FileDescription | null): string | null {
  const unchanged = [
    described?.camera ? null : "camera and exposure",
    described?.notes ? null : "notes",
    described ? null : "metadata",
  ].filter((part) => part !== null);
  return unchanged.length === 0 ? null : unchanged.join(", ");
}

/** µm; 0: the dataset does not say. */
function scaleOf(axis: DatasetInfo["axes"][number] | undefined): number {
  const factor = axis && axis.unit !== "" && axis.scale > 0 ? micrometres(axis.unit) : null;
  return axis && factor !== null ? Number.parseFloat((axis.scale * factor).toPrecision(14)) : 0;
}
