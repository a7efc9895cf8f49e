import { type Configuration, type Dimension, duplicateKey, type VideoStream } from "@zarrcam/protocol";
import { UNTIL_STOPPED } from "./sequence.ts";

/** Fields that Acquire does not know, by the name a reader of the export is told. */
const OURS = {
  stream: ["name", "frame_period_us", "time_point_interval_us"],
  camera: ["replay", "features"],
  storage: ["compression", "multiscale", "storage_order", "durability", "overwrite", "notes"],
  dimension: ["scale", "unit", "labels", "colors"],
} as const;

/** The document as text. 2^64-1 has no exact number in JavaScript, so it is put in by hand. */
export function documentText(configuration: Configuration): string {
  return `${JSON.stringify(configuration, null, 1).replaceAll(/("max_frame_count": )(\d{16,}|\d+(?:\.\d+)?e\+\d+)/g, "$118446744073709551615")}\n`;
}

/** For Acquire: without what it does not know, and the list of what was left out. */
export function acquireDocument(configuration: Configuration): { configuration: Configuration; leftOut: string[] } {
  const leftOut = new Set<string>();
  const video = configuration.video.map((stream): VideoStream => {
    const { camera, storage } = stream;
    return {
      ...strip(stream, OURS.stream, leftOut),
      camera: { ...camera, settings: strip(camera.settings, OURS.camera, leftOut) },
      storage: {
        ...storage,
        settings: {
          ...strip(storage.settings, OURS.storage, leftOut),
          acquisition_dimensions: storage.settings.acquisition_dimensions.map((entry): Dimension =>
            strip(entry, OURS.dimension, leftOut),
          ),
        },
      },
    };
  });
  return { configuration: { video }, leftOut: [...leftOut] };
}

function strip<T extends object>(value: T, names: readonly string[], leftOut: Set<string>): T {
  const copy = { ...value } as Record<string, unknown>;
  for (const name of names) {
    if (name in copy) leftOut.add(name);
    delete copy[name];
  }
  return copy as T;
}

/** Reads a file that was dropped or chosen. What is inside is for the bridge to judge. */
export function readDocument(text: string): { document: Configuration } | { message: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { message: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const twice = duplicateKey(text);
  if (twice !== null)
    return { message: `“${twice}” is given twice in this file, and only one can count: leave one out.` };
  const video = (value as { video?: unknown } | null)?.video;
  if (!Array.isArray(video)) return { message: "This JSON has no list “video”, so it is not a configuration." };
  return { document: value as Configuration };
}

/** A script for the Python package `acquire`, in the words of its tutorial. */
export function acquirePython(configuration: Configuration): string {
  const streams = configuration.video
    .filter(({ camera }) => camera.identifier && camera.identifier.kind !== "NONE")
    .slice(0, 2);
  const { leftOut } = acquireDocument(configuration);
  const lines = [
    "import acquire",
    "",
    "runtime = acquire.Runtime()",
    "config = runtime.get_configuration()",
    "dm = runtime.device_manager()",
  ];
  streams.forEach((stream, index) => lines.push("", ...pythonStream(stream, index)));
  lines.push("", "config = runtime.set_configuration(config)", "", "runtime.start()", "runtime.stop()", "");
  const notes: string[] = [];
  if (leftOut.length > 0) notes.push(`# Acquire has no ${leftOut.join(", ")}: left out.`);
  if (configuration.video.length > 2) notes.push("# Acquire runs two streams: the others are left out.");
  return [...notes, ...lines].join("\n");
}

function pythonStream(stream: VideoStream, index: number): string[] {
  const { camera, storage, max_frame_count, frame_average_count } = stream;
  const s = `config.video[${index}]`;
  const cam = camera.settings;
  const lines = [
    `${s}.camera.identifier = dm.select(acquire.DeviceKind.Camera, ${py(camera.identifier?.name ?? "")})`,
    `${s}.camera.settings.shape = (${cam.shape.join(", ")})`,
    ...(cam.offset.some((value) => value !== 0) ? [`${s}.camera.settings.offset = (${cam.offset.join(", ")})`] : []),
    `${s}.camera.settings.pixel_type = acquire.SampleType.${cam.pixel_type}`,
    `${s}.camera.settings.exposure_time_us = ${pyNumber(cam.exposure_time_us)}`,
    ...(cam.binning === 1 ? [] : [`${s}.camera.settings.binning = ${cam.binning}`]),
    ...pythonTriggers(s, cam.input_triggers, "input_triggers"),
    ...pythonTriggers(s, cam.output_triggers, "output_triggers"),
    `${s}.storage.identifier = dm.select(acquire.DeviceKind.Storage, ${py(storage.identifier?.name ?? "")})`,
  ];
  const settings = storage.settings;
  if (settings.uri) lines.push(`${s}.storage.settings.uri = ${py(settings.uri)}  # before Acquire 0.4: filename`);
  if (settings.external_metadata_json)
    lines.push(`${s}.storage.settings.external_metadata_json = ${py(settings.external_metadata_json)}`);
  lines.push(`${s}.storage.settings.pixel_scale_um = (${settings.pixel_scale_um.map(pyNumber).join(", ")})`);
  if (settings.enable_multiscale) lines.push(`${s}.storage.settings.enable_multiscale = True`);
  if (settings.acquisition_dimensions.length > 0) {
    lines.push("dimensions = []");
    for (const entry of settings.acquisition_dimensions) {
      lines.push(
        "d = acquire.StorageDimension()",
        `d.name = ${py(entry.name)}`,
        `d.kind = acquire.DimensionType.${entry.kind}`,
        `d.array_size_px = ${entry.array_size_px}`,
        `d.chunk_size_px = ${entry.chunk_size_px}`,
        ...(entry.shard_size_chunks ? [`d.shard_size_chunks = ${entry.shard_size_chunks}`] : []),
        "dimensions.append(d)",
      );
    }
    lines.push(`${s}.storage.settings.acquisition_dimensions = dimensions`);
  }
  lines.push(`${s}.max_frame_count = ${max_frame_count >= UNTIL_STOPPED ? "2**64 - 1" : max_frame_count}`);
  if (frame_average_count > 1) lines.push(`${s}.frame_average_count = ${frame_average_count}`);
  return lines;
}

function pythonTriggers(s: string, triggers: object, group: string): string[] {
  return Object.entries(triggers as Record<string, { enable: boolean; line: number; kind: string; edge: string }>)
    .filter(([, trigger]) => trigger.enable)
    .map(
      ([name, { line, kind, edge }]) =>
        `${s}.camera.settings.${group}.${name} = acquire.Trigger(enable=True, line=${line}, kind=acquire.SignalIOKind.${kind}, edge=acquire.TriggerEdge.${edge})`,
    );
}

function py(text: string): string {
  return JSON.stringify(text);
}

function pyNumber(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A shell's command that runs exactly this: the document comes from standard input of `cat`. */
export function commandLine(configuration: Configuration): string {
  return `cat > configuration.json <<'END'\n${documentText(configuration)}END\nnpx zarrcam acquire configuration.json\n`;
}
