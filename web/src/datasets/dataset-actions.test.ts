import type { Configuration, FileDescription, VideoStream } from "@zarrcam/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { DatasetActions } from "./dataset-actions.svelte.ts";
import type { Question } from "../ui/questions.svelte.ts";
import type { PlacedDataset } from "./placed-dataset.ts";
import type { DatasetsPort } from "./ports.ts";

const [stream] = configurationWith({ exposureUs: 70_000 }).video as [VideoStream];
const dataset = {
  name: "day/out.zarr",
  place: "bridge",
  kind: "zarr3",
  run_id: null,
  axes: ["t", "y", "x"].map((name) => ({
    name,
    kind: name === "t" ? "Time" : "Space",
    unit: "",
    scale: 1,
    labels: [],
  })),
  shape: [5, 480, 640],
  chunks: [1, 48, 64],
  shards: null,
  codec: null,
  levels: [],
  pixel_type: "U16",
} as unknown as PlacedDataset;

function page() {
  const calls: string[] = [];
  const loaded: Configuration[] = [];
  const port = {
    datasets: { refresh: () => Promise.resolve(void calls.push("refresh")), find: () => dataset },
    permissions: { refusal: (): string | null => null },
    browserStorage: { refresh: () => Promise.resolve() },
    ask: (question: Question) => {
      calls.push(question.title);
      return Promise.resolve(false);
    },
    removeBrowserDataset: (name: string) => Promise.resolve(void calls.push(`remove ${name}`)),
    closeDataset: () => void calls.push("close"),
    shownDatasetPlace: "bridge",
    editing: {
      locked: false,
      load(label: string, document: Configuration) {
        calls.push(label);
        loaded.push(document);
      },
    },
    camera: { stream: stream as VideoStream | undefined },
    shownDataset: null as string | null,
    openDataset: (name: string) => void calls.push(`open ${name}`),
    recoverDataset: () => Promise.resolve({ frames_stored: 12 }),
    getDatasetSettings: () => Promise.resolve<VideoStream | null>(stream),
    getFileDescription: () => Promise.resolve<FileDescription | null>(null),
    showSetup: () => void calls.push("set-up"),
    say: (text: string) => void calls.push(text),
  };
  const actions = new DatasetActions(port as unknown as DatasetsPort);
  return { calls, loaded, port, actions };
}

let scene: ReturnType<typeof page>;
beforeEach(() => (scene = page()));

describe("Copy settings to set-up", () => {
  test("fills the set-up with what the dataset was recorded with, under its own name", async () => {
    await scene.actions.reuse(dataset);
    expect(scene.calls).toEqual(["set-up", "Settings of day/out.zarr"]);
    expect(scene.loaded[0]?.video[0]?.camera.settings.exposure_time_us).toBe(70_000);
    expect(scene.loaded[0]?.video[0]?.storage.settings.uri).toBe("day/out.zarr");
  });

  test("says what a dataset of somebody else does not tell", async () => {
    scene.port.getDatasetSettings = () => Promise.resolve(null);
    await scene.actions.reuse(dataset);
    expect(scene.calls.at(-1)).toContain("does not tell its camera and exposure, notes, metadata");
    expect(scene.loaded[0]?.video[0]?.max_frame_count).toBe(5);
  });

  test("takes of a TIFF or raw file what it says of its run, and that it had no metadata", async () => {
    scene.port.getDatasetSettings = () => Promise.resolve(null);
    const [camera, notes] = [structuredClone(stream.camera), { sample: "embryo 4", operator: "", text: "" }];
    camera.settings.exposure_time_us = 1500;
    scene.port.getFileDescription = () => Promise.resolve({ camera, notes, external_metadata_json: null });
    await scene.actions.reuse(dataset);
    expect(scene.calls).toEqual(["set-up", "Settings of day/out.zarr"]);
    const [made] = scene.loaded[0]?.video ?? [];
    expect(made?.camera.settings.exposure_time_us).toBe(1500);
    expect(made?.storage.settings).toMatchObject({ notes, external_metadata_json: null });
  });

  test("does nothing while the fields are locked", async () => {
    scene.port.editing.locked = true;
    await scene.actions.reuse(dataset);
    expect(scene.calls).toEqual([]);
  });

  test("that fails is said with the dataset's name", async () => {
    scene.port.getDatasetSettings = () => Promise.reject(new Error("unreadable"));
    await scene.actions.reuse(dataset);
    expect(scene.calls).toEqual(["day/out.zarr: unreadable"]);
  });
});

describe("Recover", () => {
  test("tells what is there now, and shows it anew where it stands on the canvas", async () => {
    scene.port.shownDataset = "day/out.zarr";
    await scene.actions.recover(dataset);
    expect(scene.calls).toEqual(["day/out.zarr: recovered, 12 frames.", "refresh", "open day/out.zarr"]);
    expect(scene.actions.recovering).toBeNull();
  });

  test("that fails is said, and the list is read again all the same", async () => {
    scene.port.recoverDataset = () => Promise.reject(new Error("locked"));
    await scene.actions.recover(dataset);
    expect(scene.calls).toEqual(["day/out.zarr: locked", "refresh"]);
  });
});

describe("Delete", () => {
  const here: PlacedDataset = { ...dataset, place: "browser", frames_stored: 3, bytes: 1000 };

  test("asks first, and does nothing where the answer is no", async () => {
    await scene.actions.remove(here);
    expect(scene.calls).toEqual(["Delete day/out.zarr from this browser?"]);
  });

  test("takes it from the canvas before it goes", async () => {
    scene.port.ask = () => Promise.resolve(true);
    Object.assign(scene.port, { shownDataset: here.name, shownDatasetPlace: "browser" });
    await scene.actions.remove(here);
    expect(scene.calls).toEqual([
      "close",
      "remove day/out.zarr",
      "day/out.zarr: deleted from this browser.",
      "refresh",
    ]);
  });

  test("leaves the camera computer's of the same name on the canvas", async () => {
    scene.port.ask = () => Promise.resolve(true);
    scene.port.shownDataset = here.name;
    await scene.actions.remove(here);
    expect(scene.calls).not.toContain("close");
  });
});
