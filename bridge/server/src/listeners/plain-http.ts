import type { Socket } from "node:net";

/** A head that is longer is none of a browser's or a script's. */
const MOST_HEAD_BYTES = 8192;
/** How long the head may take, and the answer to be taken, ms. */
const PLAIN_MS = 5000;

/** What somebody asked for in plain http. */
export interface PlainRequest {
  readonly path: string;
  /** As it came; empty: none. */
  readonly host: string;
  /** Whether only the head is wanted. */
  readonly isHead: boolean;
  /** Whether a person reads the answer in a browser. */
  readonly wantsHtml: boolean;
}

export interface PlainAnswer {
  readonly status: "200 OK" | "400 Bad Request";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One request, one answer, and the end: whoever speaks plain http to the door for https. */
export function answerPlainHttp(socket: Socket, answer: (request: PlainRequest) => PlainAnswer): void {
  const impatient = setTimeout(() => socket.destroy(), PLAIN_MS);
  socket.once("close", () => clearTimeout(impatient));
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const text = head.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0 && head.length < MOST_HEAD_BYTES) return;
    socket.off("data", read);
    socket.resume();
    const request = end < 0 ? null : requestOf(text.slice(0, end));
    if (request) send(socket, answer(request), request.isHead);
    else socket.destroy();
  };
  socket.on("data", read);
}

function requestOf(head: string): PlainRequest | null {
  const [line = "", ...headers] = head.split("\r\n");
  const [, method = "", path = ""] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(line) ?? [];
  if (method === "") return null;
  const valueOf = (name: string): string =>
    headers
      .find((header) => header.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? "";
  return { path, host: valueOf("host"), isHead: method === "HEAD", wantsHtml: valueOf("accept").includes("text/html") };
}

function send(socket: Socket, { status, headers, body }: PlainAnswer, isHead: boolean): void {
  const lines = Object.entries({ ...headers, "Content-Length": String(body.length), Connection: "close" });
  const head = [`HTTP/1.1 ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
  socket.end(isHead ? head : Buffer.concat([Buffer.from(head, "latin1"), body]));
}
