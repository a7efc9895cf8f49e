import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { setAt } from "../configuration/path.ts";
import { LastRecorded } from "./last-recorded.svelte.ts";

const URI = "video[0].storage.settings.uri";
const uriOf = (again: ReturnType<LastRecorded["again"]>) => again?.video[0]?.storage.settings.uri;

test("the last run once more has its settings, under the name that is next", () => {
  const recorded = new LastRecorded();
  const working = setAt(configurationWith({ exposureUs: 5000 }), URI, "out_002.zarr");
  expect(recorded.again(working)).toBeNull();
  recorded.configuration = configurationWith({ exposureUs: 70_000 });
  const again = recorded.again(working);
  expect(uriOf(again)).toBe("out_002.zarr");
  expect(again?.video[0]?.camera.settings.exposure_time_us).toBe(70_000);
});

test("the name ends as its format does", () => {
  const recorded = new LastRecorded();
  recorded.configuration = configurationWith({});
  const identifier = { id: [0, 0], kind: "Storage", name: "tiff" };
  const tiff = setAt(configurationWith({ uri: "out_002.tif" }), "video[0].storage.identifier", identifier);
  expect(uriOf(recorded.again(tiff))).toBe("out_002.zarr");
});
