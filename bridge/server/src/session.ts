import { type HostRuntime, ZarrcamError, errorData } from "@zarrcam/client/native";
import {
  MAX_BAD_MESSAGES,
  MAX_PENDING_REQUESTS,
  type NotificationName,
  type Notifications,
  type RequestMessage,
  closeCodes,
  errorMessage,
  isMethodName,
  methods,
  notificationMessage,
  parseRequest,
  resultMessage,
} from "@zarrcam/protocol";
import { getDotPath, safeParse } from "valibot";
import type { WebSocket } from "ws";

import type { createHandlers } from "./dispatcher.ts";
import { PreviewSubscriptions } from "./preview-subscriptions.ts";
import { RateLimit } from "./rate-limit.ts";

/** Unread bytes over which a client's stats are skipped: they are replaced four times a second anyway. */
const STATS_SKIPPED_OVER_BYTES = 1 << 20;
/** Unread bytes over which a client is given up: pictures stay far below, so it does not read at all. */
const MAX_UNREAD_BYTES = 192 << 20;
const BAD_MESSAGES_WINDOW_MS = 10_000;

/** One client of the control socket. */
export class Session {
  readonly name: string;
  readonly previews: PreviewSubscriptions;
  readonly #socket: WebSocket;
  readonly #handlers: ReturnType<typeof createHandlers>;
  readonly #badMessages = new RateLimit(MAX_BAD_MESSAGES, BAD_MESSAGES_WINDOW_MS);
  readonly #drained = new Set<() => void>();
  /** Notifications that wait for `hello`; null: it is sent. */
  #held: string[] | null = [];
  #pending = 0;
  #answersPings = true;

  constructor(name: string, socket: WebSocket, runtime: HostRuntime, handlers: ReturnType<typeof createHandlers>) {
    this.name = name;
    this.#socket = socket;
    this.#handlers = handlers;
    this.previews = new PreviewSubscriptions(
      runtime,
      {
        bufferedBytes: () => socket.bufferedAmount,
        sendBinary: (message) => this.#sendBinary(message),
        whenDrained: (callback) => void this.#drained.add(callback),
      },
      (ended) => this.notify("preview.ended", ended),
    );
    socket.on("message", (data: Buffer, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => (this.#answersPings = true));
    // ws reports a broken frame or an over-long message here and closes by itself with the code that belongs to it.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.previews.close();
      this.#wakeDrained();
    });
  }

  notify<N extends NotificationName>(name: N, params: Notifications[N]): void {
    this.#sendText(notificationMessage(name, params));
  }

  /** The first message of a session; what happened while it was made follows it. */
  greet(hello: Notifications["hello"]): void {
    this.notify("hello", hello);
    const held = this.#held ?? [];
    this.#held = null;
    for (const text of held) this.#sendText(text);
  }

  /** A notification that was made once for all sessions. `maySkip`: a later one replaces it. */
  sendShared(text: string, maySkip: boolean): void {
    if (this.#held) return void this.#held.push(text);
    if (maySkip && this.#socket.bufferedAmount > STATS_SKIPPED_OVER_BYTES) return;
    this.#sendText(text);
  }

  /** @returns false where the last ping was not answered; the socket is gone then. */
  ping(): boolean {
    if (!this.#answersPings) {
      this.#socket.terminate();
      return false;
    }
    this.#answersPings = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
    return true;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.#socket.close(closeCodes.unsupportedData, "Clients send text only.");
      return;
    }
    const parsed = parseRequest(data.toString("utf8"));
    if (!parsed.ok) {
      this.#sendText(errorMessage(parsed.id, "invalid_message", parsed.message, {}, parsed.number));
      this.#countBad();
      return;
    }
    void this.#answer(parsed.request);
  }

  async #answer(request: RequestMessage): Promise<void> {
    const { id, method } = request;
    // A notification of the client (no id) is carried out and never answered, as JSON-RPC has it.
    const refuse = (...refusal: DropFirst<Parameters<typeof errorMessage>>) => {
      if (id !== undefined) this.#sendText(errorMessage(id, ...refusal));
    };
    if (!isMethodName(method)) {
      refuse("unknown_method", `There is no method ${JSON.stringify(method.slice(0, 100))}.`);
      return this.#countBad();
    }
    const params = safeParse(methods[method].params, request.params ?? {});
    if (!params.success) {
      const [issue] = params.issues;
      const path = getDotPath(issue);
      refuse("invalid_params", `${method}: ${path ? `${path}: ` : ""}${issue.message}`, path ? { path } : {});
      return this.#countBad();
    }
    if (this.#pending >= MAX_PENDING_REQUESTS) {
      return refuse("too_many_requests", `${MAX_PENDING_REQUESTS} requests of this session wait already.`);
    }
    this.#pending += 1;
    try {
      const handler = this.#handlers[method] as (params: unknown, caller: Session) => unknown;
      const result = await handler(params.output, this);
      if (id !== undefined) this.#sendText(resultMessage(id, result));
    } catch (error) {
      if (error instanceof ZarrcamError) refuse(error.code, error.message, errorData(error));
      else refuse("internal", error instanceof Error ? error.message : String(error));
    } finally {
      this.#pending -= 1;
    }
  }

  #countBad(): void {
    if (this.#badMessages.count(performance.now())) return;
    this.#socket.close(closeCodes.policyViolation, "Too many bad messages.");
  }

  #sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) return this.#socket.terminate();
    this.#socket.send(text);
  }

  #sendBinary(message: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(message, { binary: true, compress: false }, () => this.#wakeDrained());
  }

  #wakeDrained(): void {
    const callbacks = [...this.#drained];
    this.#drained.clear();
    for (const callback of callbacks) callback();
  }
}

type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;
