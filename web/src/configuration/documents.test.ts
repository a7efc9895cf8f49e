import { describe, expect, test } from "vitest";
import { withDefaults } from "./with-defaults.ts";
import { acquireDocument, acquirePython, commandLine, documentText, readDocument } from "./documents.ts";
import { EXAMPLES } from "./examples.ts";
import { configurationWith } from "./fixture.ts";
import { compressionOf, deviceFor, FORMATS, formatOf, withExtension } from "./formats.ts";
import { MAX_U64 } from "./sequence.ts";

const tutorial = () => {
  const example = EXAMPLES.find(({ name }) => name === "Chunked tutorial");
  if (!example) throw new Error("no tutorial");
  return structuredClone(example.configuration);
};

describe("documents", () => {
  test("until stopped is written as 2^64-1, to the last digit", () => {
    const text = documentText(configurationWith({ frames: MAX_U64 }));
    expect(text).toContain('"max_frame_count": 18446744073709551615');
    expect(documentText(configurationWith({ frames: 300 }))).toContain('"max_frame_count": 300');
  });

  test("what Acquire does not know is left out of its export, and named", () => {
    const configuration = tutorial();
    const [stream] = configuration.video;
    if (!stream) throw new Error("no stream");
    stream.frame_period_us = 1;
    stream.storage.settings.durability = "second";
    const { configuration: exported, leftOut } = acquireDocument(configuration);
    expect(leftOut).toContain("frame_period_us");
    expect(leftOut).toContain("durability");
    expect(documentText(exported)).not.toMatch(/frame_period_us|durability/);
    expect(exported.video[0]?.storage.settings.acquisition_dimensions).toHaveLength(5);
  });

  test("a file that is not a configuration is refused with the reason", () => {
    expect(readDocument("{")).toHaveProperty("message", expect.stringContaining("not JSON"));
    expect(readDocument('{"a": 1}')).toHaveProperty("message", expect.stringContaining("video"));
    const twice = readDocument('{"video": [{"max_frame_count": 1, "max_frame_count": 2}]}');
    expect(twice).toHaveProperty("message", expect.stringContaining("video[0].max_frame_count"));
  });

  test("a document with gaps is completed for drawing; filename becomes uri", () => {
    const document = { video: [{ storage: { settings: { filename: "a.zarr" } } }] } as unknown as Parameters<
      typeof withDefaults
    >[0];
    const [stream] = withDefaults(document).video;
    expect(stream?.storage.settings.uri).toBe("a.zarr");
    expect(stream?.storage.settings).not.toHaveProperty("filename");
    expect(stream?.camera.settings.input_triggers.frame_start.enable).toBe(false);
  });

  test("the Python says what the tutorial says", () => {
    const script = acquirePython(tutorial());
    for (const line of [
      'config.video[0].camera.identifier = dm.select(acquire.DeviceKind.Camera, "simulated: radial sin")',
      "config.video[0].camera.settings.shape = (1920, 1080)",
      "config.video[0].camera.settings.pixel_type = acquire.SampleType.U8",
      "config.video[0].camera.settings.exposure_time_us = 70000.0",
      "d.chunk_size_px = 540",
      "config.video[0].max_frame_count = 300",
      "runtime.start()",
    ])
      expect(script.split("\n").map((text) => text.trim())).toContain(line);
  });

  test("the command line carries the document", () => {
    const text = commandLine(tutorial());
    const json = text.slice(text.indexOf("{"), text.indexOf("\nEND"));
    expect(JSON.parse(json)).toEqual(tutorial());
    expect(text).toContain("npx zarrcam acquire configuration.json");
  });
});

describe("formats and compression are one name in the document", () => {
  test("every device name is found again from its choice", () => {
    for (const format of FORMATS) {
      for (const name of Object.values(format.devices)) {
        const { video } = configurationWith({});
        const storage = {
          ...video[0]?.storage,
          identifier: { id: [0, 0] as [number, number], kind: "Storage" as const, name },
        };
        expect(formatOf(storage.identifier)).toBe(format);
        expect(deviceFor(format, compressionOf(storage as NonNullable<(typeof video)[0]>["storage"]))).toEqual({
          name,
          compression: undefined,
        });
      }
    }
  });

  test("other levels are written out", () => {
    const zarr = FORMATS.find(({ id }) => id === "zarr2");
    if (!zarr) throw new Error("no zarr2");
    const compression = { codec: "blosc-zstd", level: 5, shuffle: "bit" } as const;
    expect(deviceFor(zarr, compression)).toEqual({ name: "ZarrBlosc1ZstdByteShuffle", compression });
  });

  test("the ending follows the format, and a dot in a name is no ending", () => {
    expect(withExtension("out.zarr", ".tif")).toBe("out.tif");
    expect(withExtension("day.2", ".zarr")).toBe("day.2.zarr");
  });
});

test("the tutorial example is what the tutorial's script sets", () => {
  const [stream] = tutorial().video;
  expect(stream?.max_frame_count).toBe(300);
  expect(
    stream?.storage.settings.acquisition_dimensions.map(({ array_size_px, chunk_size_px }) => [
      array_size_px,
      chunk_size_px,
    ]),
  ).toEqual([
    [1920, 960],
    [1080, 540],
    [10, 5],
    [3, 1],
    [0, 10],
  ]);
});
