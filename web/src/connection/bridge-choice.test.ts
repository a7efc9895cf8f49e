import { beforeEach, expect, test } from "vitest";
import { BarredError, type passTo } from "./bridge-access.ts";
import { BridgeChoice, type BridgeChoicePort } from "./bridge-choice.svelte.ts";

const hello = { version: "0.1.0", protocol: "zarrcam.v1", may_control: true };
let did: string[];
let refusal: string | null;
let pass: typeof passTo;
const port: BridgeChoicePort = {
  origin: null,
  reloadRefusal: () => Promise.resolve(refusal),
  keep: (origin) => void did.push(`keep ${origin}`),
  reload: () => void did.push("reload"),
};

beforeEach(() => {
  [did, refusal] = [[], null];
  pass = (origin) => {
    did.push(`ask ${origin}`);
    return Promise.resolve(hello);
  };
});

test("an address that answers is kept, and the page is loaded anew with it", async () => {
  const choice = new BridgeChoice(port, pass);
  choice.address = "localhost:9000";
  await choice.connect();
  expect(did).toEqual(["ask http://localhost:9000", "keep http://localhost:9000", "reload"]);
});

test("where the way is barred nothing changes, and the reason is said", async () => {
  const barred = new BarredError("denied", "This browser does not let this site through.", Promise.resolve());
  const choice = new BridgeChoice(port, () => Promise.reject(barred));
  await choice.connect();
  expect(choice).toMatchObject({
    busy: false,
    asked: "http://127.0.0.1:8421",
    message: { text: barred.message, bad: true },
  });
  expect(did).toEqual([]);
});

test("while the browser asks its user, that is said", async () => {
  let allow = (): void => undefined;
  const choice = new BridgeChoice(port, (_origin, { asking }) => {
    asking?.();
    return new Promise((resolve) => (allow = () => resolve(hello)));
  });
  const connected = choice.connect();
  expect(choice).toMatchObject({ busy: true, message: { bad: false } });
  expect(choice.message?.text).toContain("press Allow");
  allow();
  await connected;
  expect(did.at(-1)).toBe("reload");
});

test("what is no address is not asked", async () => {
  const choice = new BridgeChoice(port, pass);
  choice.address = "ftp://rig";
  await choice.connect();
  expect([did, choice.message?.bad]).toEqual([[], true]);
});

test("a recording in this browser is not cut off by either way", async () => {
  refusal = "A recording goes on in this browser.";
  const choice = new BridgeChoice({ ...port, origin: "http://localhost:8421" }, pass);
  await choice.connect();
  await choice.forget();
  expect(did).toEqual(["ask http://localhost:8421"]);
  expect(choice.message).toEqual({ text: refusal, bad: true });
  refusal = null;
  await choice.forget();
  expect(did.slice(1)).toEqual(["keep null", "reload"]);
});

test("a browser that keeps nothing says so", async () => {
  const keep = () => {
    throw new DOMException("denied", "SecurityError");
  };
  const choice = new BridgeChoice({ ...port, keep }, pass);
  await choice.connect();
  expect([did.includes("reload"), choice.message?.text]).toEqual([false, expect.stringContaining("keeps nothing")]);
});
