import { expect, test } from "vitest";
import { readPasted, takeToken, tokenOf } from "./pairing-link.ts";

const TOKEN = "q3_Zk-0aB4nM7xR2tY9wLd6vHs8PfJcE1uKgXoQiT5A";
const HERE = "https://rig-2.local:8421";

/** A page's address and history that note what becomes of them. */
function page(hash: string) {
  const addresses: string[] = [];
  const location = { hash, pathname: "/", search: "?renderer=canvas2d" };
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, url: string) => void addresses.push(url),
  };
  return { addresses, token: takeToken(location, history) };
}

test("the secret leaves the address as soon as it is read", () => {
  const { token, addresses } = page(`#pair=${TOKEN}&pin=abc`);
  expect(token).toBe(TOKEN);
  expect(addresses).toEqual(["/?renderer=canvas2d"]);
});

test("what is no secret leaves the address, too, and is none", () => {
  const { token, addresses } = page("#pair=<script>&pin=abc");
  expect([token, addresses]).toEqual([null, ["/?renderer=canvas2d"]]);
});

test("an address of something else stays as it is", () => {
  expect(page("#dataset=repair.zarr")).toMatchObject({ token: null, addresses: [] });
  expect(tokenOf("")).toBeNull();
});

test.each([[TOKEN], [`  ${TOKEN}\n`], [`${HERE}/#pair=${TOKEN}&pin=abc`], [`#pair=${TOKEN}`]])(
  "%j is pasted as a secret",
  (text) => expect(readPasted(text, HERE)).toEqual({ kind: "token", token: TOKEN }),
);

test("the secret of another zarrcam is not tried here", () => {
  const link = `https://rig-3.local:8421/#pair=${TOKEN}&pin=abc`;
  expect(readPasted(link, HERE)).toEqual({ kind: "elsewhere", link, host: "rig-3.local:8421" });
});

test.each(["", "hello", "https://rig-2.local:8421/", `javascript:alert(1)#pair=${TOKEN}`, "short-token"])(
  "%j is none",
  (text) => expect(readPasted(text, HERE)).toEqual({ kind: "none" }),
);
