import type { CodecName, Compression, DeviceIdentifier, DeviceInfo, Storage } from "@zarrcam/protocol";
import type { Edit } from "./sequence.ts";

/** What the page calls the storage devices. The compressed ones are a format and a compression there, one name in the document. */
export interface Format {
  id: string;
  label: string;
  /** Device name by compression; formats without a choice have `none` alone. */
  devices: Partial<Record<CodecName, string>> & { none: string };
  extension: string;
  chunked: boolean;
  explained: string;
}

export const FORMATS: readonly Format[] = [
  {
    id: "zarr3",
    label: "OME-Zarr 0.5",
    devices: { none: "ZarrV3", "blosc-lz4": "ZarrV3Blosc1Lz4ByteShuffle", "blosc-zstd": "ZarrV3Blosc1ZstdByteShuffle" },
    extension: ".zarr",
    chunked: true,
    explained: "Zarr V3, with shards: several chunks in a file",
  },
  {
    id: "zarr2",
    label: "OME-Zarr 0.4",
    devices: { none: "Zarr", "blosc-lz4": "ZarrBlosc1Lz4ByteShuffle", "blosc-zstd": "ZarrBlosc1ZstdByteShuffle" },
    extension: ".zarr",
    chunked: true,
    explained: "Zarr V2: every chunk is a file, widest support",
  },
  {
    id: "tiff",
    label: "TIFF",
    devices: { none: "tiff" },
    extension: ".tif",
    chunked: false,
    explained: "BigTIFF, a page a frame",
  },
  {
    id: "tiff-json",
    label: "TIFF + JSON",
    devices: { none: "tiff-json" },
    extension: "",
    chunked: false,
    explained: "A folder with data.tif and metadata.json",
  },
  {
    id: "raw",
    label: "Raw pixels",
    devices: { none: "raw" },
    extension: ".raw",
    chunked: false,
    explained: "Pixels back to back, and a JSON beside them",
  },
  {
    id: "trash",
    label: "Don't save",
    devices: { none: "trash" },
    extension: "",
    chunked: false,
    explained: "Frames are counted and thrown away",
  },
];

export const COMPRESSIONS: readonly { codec: CodecName; label: string }[] = [
  { codec: "none", label: "None" },
  { codec: "blosc-lz4", label: "lz4, faster" },
  { codec: "blosc-zstd", label: "zstd, smaller" },
  { codec: "zstd", label: "zstd without Blosc" },
];

/** What the compressed devices imply, and Acquire writes. */
const IMPLIED: Omit<Compression, "codec"> = { level: 1, shuffle: "byte" };

export function formatOf(device: DeviceIdentifier | null): Format | undefined {
  return FORMATS.find(({ devices }) => Object.values(devices).includes(device?.name ?? ""));
}

export function compressionOf(storage: Storage): Compression {
  if (storage.settings.compression) return storage.settings.compression;
  const name = storage.identifier?.name ?? "";
  const codec = Object.entries(formatOf(storage.identifier)?.devices ?? {}).find(([, device]) => device === name)?.[0];
  return { codec: (codec as CodecName | undefined) ?? "none", ...IMPLIED };
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
  const implied = level === IMPLIED.level && shuffle === IMPLIED.shuffle;
  return { name: named, compression: implied ? undefined : compression };
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
