import { expect, test } from "vitest";

import { chosenCameras, keepCameras } from "./cameras-of.ts";

test("a page shows the camera computer's cameras until it is told otherwise, and its own where there is none", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  expect(chosenCameras("http://127.0.0.1:8421", storage)).toBe("Camera computer");
  expect(chosenCameras(null, storage)).toBe("This browser");
  keepCameras("This browser", storage);
  expect(chosenCameras("http://127.0.0.1:8421", storage)).toBe("This browser");
  keepCameras("Camera computer", storage);
  expect(chosenCameras("http://127.0.0.1:8421", storage)).toBe("Camera computer");
  const refuses = {
    getItem: () => {
      throw new Error("blocked");
    },
    setItem: () => {
      throw new Error("blocked");
    },
  };
  keepCameras("This browser", refuses);
  expect(chosenCameras("http://127.0.0.1:8421", refuses)).toBe("Camera computer");
});
