import type { DatasetInfo, Recovery } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { BrowserRecovery } from "./browser-recovery.svelte.ts";

function page() {
  const said: string[] = [];
  const open = new Set(["a.zarr", "c.zarr"]);
  const port = {
    browser: {
      datasets: {
        list: () =>
          Promise.resolve([
            ...[...open].map((name) => ({ name, state: "needs_recovery" }) as DatasetInfo),
            { name: "b.zarr", state: "closed" } as DatasetInfo,
          ]),
        recover: (name: string) => {
          if (name === "c.zarr") return Promise.reject(new Error("no room"));
          open.delete(name);
          return Promise.resolve({ frames_stored: 12, frames_missing: 1 } as Recovery);
        },
      },
    },
    datasets: { refresh: () => Promise.resolve() },
    say: (text: string) => void said.push(text),
  };
  return { said, recovery: new BrowserRecovery(port) };
}

test("what was left open is found and made whole, and what fails stays on offer", async () => {
  const { said, recovery } = page();
  await recovery.look();
  expect(recovery.found).toEqual(["a.zarr", "c.zarr"]);
  await recovery.recover();
  expect(said).toEqual([
    "a.zarr in this browser: recovered, 12 frames, 1 frame missing.",
    "c.zarr in this browser was not recovered: no room",
  ]);
  expect([recovery.found, recovery.busy]).toEqual([["c.zarr"], false]);
});

test("what nobody wants now is offered no more", async () => {
  const { recovery } = page();
  await recovery.look();
  recovery.forget();
  await recovery.look();
  expect(recovery.found).toEqual([]);
});
