import type { Configuration, Suggestion, VideoStream } from "@zarrcam/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { applyChanges } from "../configuration/path.ts";
import type { Edit } from "../configuration/edit.ts";
import { dimension, lastCount } from "../configuration/sequence.ts";
import { LayoutEditing } from "./layout-editing.svelte.ts";

const DIMENSIONS = [
  dimension("x", "Space", 640, 64, 1),
  dimension("y", "Space", 480, 48, 1),
  dimension("z", "Space", 10, 5, 1),
  dimension("t", "Time", 0, 10, 1),
];

/** A page whose edits come into force at once. */
class Page {
  working: Configuration;
  labels: string[] = [];
  locked = false;
  lockedReason = null;
  said: string[] = [];
  suggestion: Suggestion | null = null;

  constructor(configuration: Configuration) {
    this.working = configuration;
  }
  readonly camera = ((page: Page) => ({
    index: 0,
    base: "video[0]",
    plan: null,
    resolved: null,
    capabilities: undefined,
    get stream() {
      return page.working.video[0];
    },
  }))(this);
  readonly editing = ((page: Page) => ({
    locked: false,
    lockedReason: null,
    edit(label: string, edits: readonly Edit[]) {
      page.labels.push(label);
      page.working = applyChanges(
        page.working,
        edits.map(({ path, value }) => ({ path, to: value })),
      );
    },
  }))(this);
  suggest = () => Promise.resolve(this.suggestion);
  say = (text: string) => void this.said.push(text);
  announce = (text: string) => void this.said.push(text);

  get stream(): VideoStream {
    return this.working.video[0] as VideoStream;
  }
  get settings() {
    return this.stream.storage.settings;
  }
}

let page: Page;
let layout: LayoutEditing;
beforeEach(() => {
  page = new Page(configurationWith({ dimensions: DIMENSIONS, frames: 100 }));
  layout = new LayoutEditing(page);
});
const names = () => layout.dimensions.map(({ name }) => name);

describe("the dimensions", () => {
  test("are those of the document, or x, y and t where it has none", () => {
    expect(names()).toEqual(["x", "y", "z", "t"]);
    page.working = configurationWith({});
    expect([names(), layout.last]).toEqual([["x", "y", "t"], 2]);
  });

  test("that are added get a free name, and keep the number of time points", () => {
    layout.add("Space");
    expect(names()).toEqual(["x", "y", "z2", "z", "t"]);
    layout.setCount(2, 3);
    expect([layout.dimensions[2]?.array_size_px, lastCount(page.stream)]).toEqual([3, 10]);
  });

  test("are written out where one is changed that the document leaves to the core", () => {
    page.working = configurationWith({});
    layout.change("Chunk", 2, { chunk_size_px: 8 });
    expect(page.settings.acquisition_dimensions).toHaveLength(3);
    expect(layout.dimensions[2]).toMatchObject({ name: "t", chunk_size_px: 8 });
  });

  test("move and go", () => {
    layout.add("Channel");
    layout.move(2, 1);
    expect(names()).toEqual(["x", "y", "c", "z", "t"]);
    layout.remove(2);
    expect(names()).toEqual(["x", "y", "z", "t"]);
  });

  test("have labels of elements, but for planes", () => {
    layout.add("Channel");
    const [channel] = layout.labelled;
    expect(layout.labelled.map(({ entry }) => entry.name)).toEqual(["c"]);
    layout.setLabels(channel?.index ?? 0, " DAPI, , GFP ");
    expect(layout.dimensions[3]?.labels).toEqual(["DAPI", "GFP"]);
    layout.setLabels(3, "");
    expect(layout.dimensions[3]?.labels).toBeUndefined();
  });
});

describe("a step", () => {
  test("of x is the pixel size, whatever its unit", () => {
    layout.setStep(0, 108, "nanometer");
    expect(page.settings.pixel_scale_um).toEqual([0.108, 0.108]);
  });

  test("of the growing time is the interval", () => {
    layout.setStep(3, 2, "minute");
    expect(page.stream.time_point_interval_us).toBe(120e6);
  });

  test("of any other dimension is its own", () => {
    layout.setStep(2, 0.3, "micrometer");
    expect(layout.dimensions[2]).toMatchObject({ scale: 0.3, unit: "micrometer" });
    layout.setStep(2, null, "micrometer");
    expect(layout.dimensions[2]?.scale).toBeUndefined();
  });
});

test("the usual stored order is left to the core", () => {
  layout.setStoredOrder("z, t y x");
  expect(layout.storedOrder).toEqual(["z", "t", "y", "x"]);
  layout.setStoredOrder("t z y x");
  expect(page.settings.storage_order).toBeUndefined();
  expect(layout.storedOrder).toEqual(["t", "z", "y", "x"]);
});

test("why a layout was suggested stands there until it is another", async () => {
  page.suggestion = { why: "Whole planes in a chunk.", dimensions: DIMENSIONS };
  await layout.suggest("planes");
  expect([layout.why, page.labels]).toEqual(["Whole planes in a chunk.", ["Suggested layout"]]);
  layout.change("Chunk", 2, { chunk_size_px: 1 });
  expect(layout.why).toBeNull();
});

test("a suggestion that does not come is said", async () => {
  page.suggest = () => Promise.reject(new Error("gone"));
  await layout.suggest("cloud");
  expect([page.said, page.labels]).toEqual([["gone"], []]);
});
