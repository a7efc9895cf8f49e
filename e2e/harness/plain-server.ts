// A file server as dumb as `python -m http.server`: names, types, dates. No header of its own, no document for addresses that are none.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** What such a server knows of endings; the rest is bytes. */
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

export class PlainServer {
  /** With the folder, a slash at its end. */
  readonly url: string;
  /** All that was asked, as `GET 200 /a/b/index.html`. */
  readonly log: string[] = [];
  readonly #port: number;
  readonly #folder: string;
  readonly #under: string;
  #server: Server | null;

  private constructor(server: Server, folder: string, under: string) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.#folder = folder;
    this.#under = under;
    this.url = `http://127.0.0.1:${this.#port}${under}`;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  /** @param under the address of the folder: `/a/b/` */
  static async start(folder: string, under: string): Promise<PlainServer> {
    return new PlainServer(await listen(0), folder, under);
  }

  get port(): number {
    return this.#port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
  /** At the same address again. */
  async resume(): Promise<void> {
    this.#server = await listen(this.#port);
    this.#server.on(
      "request",
      (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response),
    );
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "");
    const name = path.startsWith(this.#under) ? path.slice(this.#under.length) : null;
    const file =
      name === null ? null : join(this.#folder, name === "" || name.endsWith("/") ? `${name}index.html` : name);
    const found = file === null ? null : await stat(file).catch(() => null);
    const status = found?.isFile() ? 200 : 404;
    this.log.push(`${request.method} ${status} ${path}`);
    if (file === null || !found?.isFile()) return void response.writeHead(404, { "Content-Type": "text/html" }).end();
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Length": found.size,
      "Last-Modified": found.mtime.toUTCString(),
    });
    createReadStream(file).pipe(response);
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
