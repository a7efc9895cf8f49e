// The specification's table of limits is what the code has: each row, and no row besides.
import { readFileSync } from "node:fs";

import {
  MAX_BAD_MESSAGES,
  MAX_CALLS_AT_ONCE,
  MAX_CREDITS,
  MAX_FRAME_CLIENTS,
  MAX_FRAME_CLIENTS_OF_ONE,
  MAX_MESSAGE_BYTES,
  MAX_PENDING_REQUESTS,
  MAX_SESSIONS,
  MAX_SESSIONS_OF_ONE,
  MAX_SESSIONS_OF_OTHERS,
  MAX_SUBSCRIPTIONS,
  closeCodes,
} from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { MOST_OF_ADDRESS, MOST_OF_ALL } from "../src/access/guess-limit.ts";
import { MOST_DEVICES, MOST_INVITATIONS } from "../src/access/pairing.ts";
import { HEAD_BYTES, HEAD_MS, KEEP_ALIVE_MS, REQUEST_MS } from "../src/bridge.ts";
import { MAX_FRAGMENTS, PING_EVERY_MS } from "../src/control/control-socket.ts";
import { BAD_MESSAGES_WINDOW_MS, MAX_UNREAD_BEFORE_REQUESTS_BYTES } from "../src/control/session.ts";
import { MOST_OF_ALL_BYTES, MOST_OF_ONE_BYTES, SHARE_BYTES } from "../src/control/text-budget.ts";
import { LARGE_SLICES_LIMIT_BYTES, SMALL_SLICE_BYTES } from "../src/http/bodies.ts";
import { MOST_WAITING, MOST_WAITING_IN_ALL } from "../src/http/connections.ts";
import { PIECE_BYTES } from "../src/http/frame-clients.ts";
import { MOST_CONNECTIONS, MOST_OPEN_FILES, shareHandles } from "../src/http/handles.ts";
import { MOST_PIECE_BYTES } from "../src/http/upload-requests.ts";
import { MAX_PATH_CHARACTERS } from "../src/http/url-path.ts";
import { BUDGET_BYTES } from "../src/previews/picture-budget.ts";
import { KEPT_PART, MOST_FILES, MOST_KEPT_BYTES } from "../src/uploads/upload.ts";
import { MOST_UPLOADS, MOST_UPLOADS_OF_ONE } from "../src/uploads/uploads.ts";

const count = (value: number) => value.toLocaleString("en-US");
const bytes = (value: number) =>
  value >= 1 << 30 ? `${value / (1 << 30)} GiB` : value >= 1 << 20 ? `${value / (1 << 20)} MiB` : `${value / 1024} KiB`;
const seconds = (ms: number) => `${ms / 1000} s`;

/** What the core bounds is tested there: of these rows it is only known that they stand here. */
const OF_THE_CORE = [
  "streams of a configuration",
  "dimensions of a stream, labels of a dimension",
  "problems that are told at once",
  "bytes of a pattern (`select`), names (`select_one_of`)",
  "pulses that wait for their frames (`execute_trigger`), a stream",
];
const { datasets, changes, pictures, checks } = MAX_CALLS_AT_ONCE;
const EXPECTED: Record<string, string> = {
  "a message to the bridge": `${bytes(MAX_MESSAGE_BYTES)} (then close code ${closeCodes.messageTooBig})`,
  "fragments of a message to the bridge": `${count(MAX_FRAGMENTS)} (then close code ${closeCodes.policyViolation})`,
  [`bad messages in ${seconds(BAD_MESSAGES_WINDOW_MS)}`]: `${MAX_BAD_MESSAGES} (then close code ${closeCodes.policyViolation})`,
  "requests that wait for an answer, a session": count(MAX_PENDING_REQUESTS),
  "expensive requests at the same time, all sessions": `${datasets} of a group, ${checks} of \`validate\` and \`suggest\`; 1 of a group, a session`,
  sessions: `${MAX_SESSIONS}; ${MAX_SESSIONS_OF_OTHERS} of other computers, ${MAX_SESSIONS_OF_ONE} of one paired device or script`,
  "an answer to a ping": `${seconds(PING_EVERY_MS)} (then the session is cut off)`,
  "preview subscriptions, a session": count(MAX_SUBSCRIPTIONS),
  "streams of previews, a session": "1",
  "pictures on their way, a subscription": count(MAX_CREDITS),
  "pictures on their way, all sessions": bytes(BUDGET_BYTES),
  "text that a client has not read": `no request is read from ${bytes(MAX_UNREAD_BEFORE_REQUESTS_BYTES)} on; ${bytes(MOST_OF_ONE_BYTES)} (then it is cut off)`,
  "text that all clients have not read": `${bytes(MOST_OF_ALL_BYTES)} (then who has left more than ${bytes(SHARE_BYTES)} of it is cut off)`,
  "clients of every frame": `${MAX_FRAME_CLIENTS}, ${MAX_FRAME_CLIENTS_OF_ONE} of one paired device or script; 128 MiB each, or 4 frames, and ${bytes(2 * PIECE_BYTES)} on its way`,
  "HTTP connections": `${count(MOST_CONNECTIONS)}, or half of the handles that the process may have`,
  "the head of a request, its path": `${bytes(HEAD_BYTES)} (then 431), ${count(MAX_PATH_CHARACTERS)} characters (then 400)`,
  "time for the head of a request, for all of it": `${seconds(HEAD_MS)}, ${seconds(REQUEST_MS)} (then 408)`,
  "a connection that asks nothing more": seconds(KEEP_ALIVE_MS),
  "requests on one connection that wait for their answer": `it is read on below ${MOST_WAITING}; ${count(MOST_WAITING_IN_ALL)} on all connections`,
  "bodies on their way, all connections": `${bytes(LARGE_SLICES_LIMIT_BYTES)}, and ${bytes(SMALL_SLICE_BYTES)} a connection`,
  "files that stay open for bodies": `${MOST_OPEN_FILES}, or a twentieth of the handles that the process may have`,
  "uploads, those of one paired device or script, a piece of one, its files": `${MOST_UPLOADS}, ${MOST_UPLOADS_OF_ONE}, ${bytes(MOST_PIECE_BYTES)}, ${count(MOST_FILES)}`,
  "devices and scripts that are paired, open invitations": `${MOST_DEVICES}, ${MOST_INVITATIONS}`,
  "wrong invitations, and wrong sessions or tokens, of an address": `${MOST_OF_ADDRESS} of each in a minute; 1 while all together have shown ${MOST_OF_ALL}`,
  "disk that uploads leave to recordings": `${bytes(MOST_KEPT_BYTES)}, or ${100 * KEPT_PART} % of a small disk`,
};

const readme = readFileSync(new URL("../../protocol/README.md", import.meta.url), "utf8");
const section = readme.split(/^## /m).find((text) => text.startsWith("Limits")) ?? "";

test("the specification's limits are those of the code", () => {
  const rows = [...section.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].filter(([, what]) => !/^-+$/.test(what ?? ""));
  const written = Object.fromEntries(rows.map(([, what = "", limit = ""]) => [what, limit]));
  const own = Object.entries(written).filter(([what]) => !OF_THE_CORE.includes(what));
  expect(Object.fromEntries(own)).toEqual(EXPECTED);
  expect(Object.keys(written)).toEqual(expect.arrayContaining(OF_THE_CORE));
  expect([changes, pictures]).toEqual([datasets, datasets]);
});

test("a process of few handles has a half of them for connections, and a twentieth for files", () => {
  expect(shareHandles(400)).toEqual({ connections: 200, openFiles: 20 });
});

test("what all clients may take of the memory is the sum of what is on its way to them", () => {
  const text = MOST_OF_ALL_BYTES + MAX_SESSIONS * SHARE_BYTES;
  const bodies = LARGE_SLICES_LIMIT_BYTES + MOST_CONNECTIONS * SMALL_SLICE_BYTES;
  expect(section.replaceAll(/\s+/g, " ")).toContain(`bridge's memory is ${bytes(BUDGET_BYTES + text + bodies)}:`);
});
