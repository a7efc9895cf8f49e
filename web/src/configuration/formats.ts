import {
  STORAGE_DEVICES,
  type CodecName,
  type Compression,
  type DeviceIdentifier,
  type DeviceInfo,
  type Storage,
  type StorageDevice,
  type StorageFormat,
} from "@zarrcam/protocol";
import type { Edit } from "./edit.ts";

/** What the page calls the storage devices. The compressed ones are a format and a compression there, one name in the document. */
export interface Format {
  id: StorageFormat;
  label: string;
  /** Device name by compression; formats without a choice have `none` alone. */
  devices: Partial<Record<CodecName, string>> & { none: string };
  extension: string;
  chunked: boolean;
  sharding: boolean;
  explanation: string;
}

/** The core knows what each device writes; these are the page's words for it. */
const WORDS: readonly { id: StorageFormat; label: string; explanation: string }[] = [
  { id: "zarr3", label: "OME-Zarr 0.5", explanation: "Zarr V3, with shards: several chunks per file" },
  { id: "zarr2", label: "OME-Zarr 0.4", explanation: "Zarr V2: one file per chunk, opens in most programs" },
  { id: "tiff", label: "TIFF", explanation: "BigTIFF, one page per frame" },
  { id: "tiff-json", label: "TIFF + JSON", explanation: "A folder with data.tif and metadata.json" },
  { id: "raw", label: "Raw pixels", explanation: "Pixels without a header, and a JSON file beside them" },
  { id: "trash", label: "Don't save", explanation: "Frames are counted and discarded" },
];

export const FORMATS: readonly Format[] = WORDS.flatMap(({ id, label, explanation }) => {
  const devices = STORAGE_DEVICES.filter(({ format }) => format === id);
  const [first] = devices;
  const names = Object.fromEntries(devices.map(({ compression, name }) => [compression.codec, name]));
  if (!first || names["none"] === undefined) return [];
  const { extension, chunking: chunked, sharding } = first;
  return [{ id, label, devices: names as Format["devices"], extension, chunked, sharding, explanation }];
});

export const COMPRESSIONS: readonly { codec: CodecName; label: string }[] = [
  { codec: "none", label: "None" },
  { codec: "blosc-lz4", label: "lz4, faster" },
  { codec: "blosc-zstd", label: "zstd, smaller" },
  { codec: "zstd", label: "zstd without Blosc" },
];

function deviceOf(name: string | undefined): StorageDevice | undefined {
  return STORAGE_DEVICES.find((device) => device.name === name);
}

export function formatOf(device: DeviceIdentifier | null): Format | undefined {
  return FORMATS.find(({ devices }) => Object.values(devices).includes(device?.name ?? ""));
}

export function compressionOf(storage: Storage): Compression {
  const implied = deviceOf(storage.identifier?.name)?.compression;
  return storage.settings.compression ?? implied ?? { codec: "none", level: 1, shuffle: "byte" };
}

/** Device and `compression` for a choice: the device's name alone where it says all, as Acquire reads it. */
export function deviceFor(
  format: Format,
  compression: Compression,
): { name: string; compression: Compression | undefined } {
  const { codec, level, shuffle } = compression;
  if (!format.chunked || codec === "none") return { name: format.devices.none, compression: undefined };
  const named = format.devices[codec];
  if (!named) return { name: format.devices.none, compression };
  const implied = deviceOf(named)?.compression;
  return {
    name: named,
    compression: implied?.level === level && implied.shuffle === shuffle ? undefined : compression,
  };
}

/** `base` is the path of the stream's `storage`. */
export function identifyStorage(base: string, devices: readonly DeviceInfo[], name: string): Edit {
  const device = devices.find(({ identifier }) => identifier.kind === "Storage" && identifier.name === name);
  return { path: `${base}.identifier`, value: device?.identifier ?? { id: [0, 0], kind: "Storage", name } };
}

/** Another codec begins with the level and shuffle that suit it. */
export function compressionEdits(
  base: string,
  storage: Storage,
  devices: readonly DeviceInfo[],
  change: Partial<Compression>,
): Edit[] {
  const format = formatOf(storage.identifier);
  if (!format) return [];
  const fresh =
    change.codec === "zstd"
      ? { level: 3, shuffle: "none" as const }
      : change.codec
        ? { level: 1, shuffle: "byte" as const }
        : {};
  const { name, compression } = deviceFor(format, { ...compressionOf(storage), ...fresh, ...change });
  return [identifyStorage(base, devices, name), { path: `${base}.settings.compression`, value: compression }];
}

/** A name with the ending of another format; an ending that is none of ours is part of the name. */
export function withExtension(uri: string, extension: string): string {
  const known = FORMATS.map((format) => format.extension).filter((ending) => ending !== "");
  const own = [...known, ".tiff"].find((ending) => uri.toLowerCase().endsWith(ending));
  return (own ? uri.slice(0, -own.length) : uri) + extension;
}
