import { beforeEach, expect, test } from "vitest";
import { EntryError, enter, isLetIn } from "./entry-client.ts";
import { Entry } from "./entry.svelte.ts";

const TOKEN = "q3_Zk-0aB4nM7xR2tY9wLd";
const ORIGIN = "https://rig-2.local:8421";

function scene(token: string | null) {
  const calls: string[] = [];
  let answer = (): Promise<{ id: string; name: string; role: "observe" }> =>
    Promise.resolve({ id: "1", name: "n", role: "observe" });
  const entry = new Entry(
    {
      origin: ORIGIN,
      deviceName: "Chromium on Linux",
      open: (link) => void calls.push(`open ${link}`),
      entered: ({ role }) => void calls.push(`entered ${role}`),
    },
    token,
    (secret, name) => {
      calls.push(`enter ${secret} ${name}`);
      return answer();
    },
  );
  return { calls, entry, fails: (error: Error) => (answer = () => Promise.reject(error)) };
}

test("a page that came by a link asks for a name alone, and has one at hand", async () => {
  const { entry, calls } = scene(TOKEN);
  expect([entry.needsLink, entry.name]).toEqual([false, "Chromium on Linux"]);
  entry.name = "  ";
  await entry.submit();
  expect(calls).toEqual([`enter ${TOKEN} Chromium on Linux`, "entered observe"]);
});

test("a pasted link counts, whatever stands around it", async () => {
  const { entry, calls } = scene(null);
  entry.name = "Anna's tablet";
  entry.pasted = ` ${ORIGIN}/#pair=${TOKEN}&pin=abc\n`;
  await entry.submit();
  expect(calls).toEqual([`enter ${TOKEN} Anna's tablet`, "entered observe"]);
});

test.each([
  ["", "Paste the link"],
  ["hello", "no link of a zarrcam"],
])("%j is not tried", async (pasted, why) => {
  const { entry, calls } = scene(null);
  entry.pasted = pasted;
  await entry.submit();
  expect(calls).toEqual([]);
  expect(entry.problem).toContain(why);
});

test("a link of another zarrcam is opened there, and its secret is not told here", async () => {
  const { entry, calls } = scene(null);
  const link = `https://rig-3.local:8421/#pair=${TOKEN}`;
  entry.pasted = link;
  await entry.submit();
  expect(calls).toEqual([`open ${link}`]);
  expect(entry.problem).toContain("rig-3.local:8421");
});

test("after a secret that is spent another link is asked for; after a fault the same is tried again", async () => {
  const { entry, calls, fails } = scene(TOKEN);
  fails(new EntryError("does not answer"));
  await entry.submit();
  expect([entry.needsLink, entry.problem, entry.busy]).toEqual([false, "does not answer", false]);
  fails(new EntryError("used already", { isSpent: true }));
  await entry.submit();
  expect([entry.needsLink, entry.problem, calls.length]).toEqual([true, "used already", 2]);
});

/** A bridge as `fetch` sees it. */
let asked: { path: string; init: RequestInit | undefined }[];
const answers = (by: (path: string) => Response) =>
  ((path: string, init?: RequestInit) => {
    asked.push({ path, init });
    return Promise.resolve(by(path));
  }) as typeof fetch;
beforeEach(() => (asked = []));

const paired = { id: "1", name: "tablet", role: "control" };
const hello = (you: object | null) => Response.json({ version: "1", you });

test("who is let in is told so, and the secret stands in the body alone", async () => {
  const bridge = answers((path) => (path === "/hello" ? hello(paired) : Response.json(paired)));
  expect(await enter(TOKEN, "tablet", bridge)).toEqual(paired);
  const [first] = asked;
  expect(first?.path).toBe("/access/pair");
  expect(first?.init).toMatchObject({ method: "POST", credentials: "same-origin", referrerPolicy: "no-referrer" });
  expect(JSON.parse(first?.init?.body as string)).toEqual({ token: TOKEN, name: "tablet" });
});

test("a browser that keeps no cookies learns it at once", async () => {
  const bridge = answers((path) => (path === "/hello" ? hello(null) : Response.json(paired)));
  await expect(enter(TOKEN, "tablet", bridge)).rejects.toMatchObject({
    isSpent: true,
    message: expect.stringContaining("Allow cookies") as string,
  });
});

test.each([
  [new Response("", { status: 401 }), /used already.*Ask whoever gave it/, true],
  [new Response("", { status: 410 }), /its time is over/, true],
  [new Response("", { status: 429, headers: { "retry-after": "42" } }), /Wait 42 s/, false],
  [new Response("A name is one line.", { status: 400 }), /A name is one line/, false],
])("a refusal is a sentence with the way out", async (response, words, isSpent) => {
  const refused: unknown = await enter(
    TOKEN,
    "tablet",
    answers(() => response),
  ).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(EntryError);
  expect(refused).toMatchObject({ isSpent });
  expect((refused as Error).message).toMatch(words);
});

test("a bridge that does not answer is told from one that lets nobody in", async () => {
  expect(await isLetIn(answers(() => hello(paired)))).toBe(true);
  expect(await isLetIn(answers(() => hello(null)))).toBe(false);
  expect(await isLetIn(answers(() => new Response("", { status: 401 })))).toBe(false);
  expect(await isLetIn(() => Promise.reject(new TypeError("Failed to fetch")))).toBeNull();
});
