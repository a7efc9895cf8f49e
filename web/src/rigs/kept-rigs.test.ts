import fc from "fast-check";
import { expect, test } from "vitest";
import { KeptRigs, MOST_RIGS, parseRigs } from "./kept-rigs.svelte.ts";

const A = "https://192.168.1.5:8421";
const B = "http://127.0.0.1:8422";
const C = "https://lab-scope.local:8421";

class Store {
  kept = new Map<string, string>();
  getItem = (key: string): string | null => this.kept.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.kept.set(key, value);
}

test("names, addresses and order are there again after a reload", () => {
  const store = new Store();
  const rigs = new KeptRigs(store);
  for (const origin of [A, B, C, A]) expect(rigs.add(origin)).toBeNull();
  rigs.rename(B, "  Confocal ");
  rigs.move(C, -1);
  rigs.move(A, -1);
  rigs.move(B, 1);
  const expected = [
    { origin: A, name: "" },
    { origin: C, name: "" },
    { origin: B, name: "Confocal" },
  ];
  expect(rigs.list).toEqual(expected);
  expect(new KeptRigs(store).list).toEqual(expected);
  rigs.remove(C);
  expect(new KeptRigs(store).list.map(({ origin }) => origin)).toEqual([A, B]);
});

test("a page sees what another page of the browser has changed", () => {
  const store = new Store();
  const [one, other] = [new KeptRigs(store), new KeptRigs(store)];
  one.add(A);
  expect(other.list).toEqual([]);
  other.read();
  expect(other.has(A)).toBe(true);
});

test("a browser that keeps nothing has a list as long as the page lives", () => {
  const refuses = () => {
    throw new Error("not allowed");
  };
  for (const storage of [null, { getItem: refuses, setItem: refuses }]) {
    const rigs = new KeptRigs(storage);
    rigs.add(A);
    expect(rigs.list.map(({ origin }) => origin)).toEqual([A]);
  }
});

test("the list is bounded", () => {
  const rigs = new KeptRigs(null);
  for (let port = 1; port <= MOST_RIGS; port++) expect(rigs.add(`http://127.0.0.1:${port}`)).toBeNull();
  expect(rigs.add("http://127.0.0.1:9999")).toContain("remove one first");
  expect(rigs.list).toHaveLength(MOST_RIGS);
});

test("whatever lies in the storage, only what is a rig is taken", () => {
  const text = JSON.stringify([
    { origin: A, name: "one" },
    { origin: "javascript:1", name: "" },
    null,
    7,
    { origin: A + "/path", name: "" },
    { origin: B },
  ]);
  expect(parseRigs(text)).toEqual([{ origin: A, name: "one" }]);
  expect(parseRigs("{")).toBeNull();
  expect(parseRigs('{"a":1}')).toBeNull();
  fc.assert(
    fc.property(fc.json(), (text) => {
      for (const { origin, name } of parseRigs(text) ?? []) {
        expect(new URL(origin).origin).toBe(origin);
        expect(typeof name).toBe("string");
      }
    }),
  );
});
