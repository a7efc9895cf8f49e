import { type HostRuntime, ZarrcamError, errorData } from "@zarrcam/client/native";
import {
  type ErrorCode,
  type Hello,
  type HelloCore,
  MAX_BAD_MESSAGES,
  MAX_PENDING_REQUESTS,
  type NotificationName,
  type Notifications,
  type OptionalNotification,
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

import type { CallLimits } from "./call-limits.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { type Principal, youOf } from "../access/principal.ts";
import type { PreviewStreams } from "../http/preview-streams.ts";
import { LinkMeter } from "../previews/link-meter.ts";
import type { PictureBudget } from "../previews/picture-budget.ts";
import { PreviewSubscriptions } from "../previews/preview-subscriptions.ts";
import { RateLimit } from "./rate-limit.ts";
import type { TextBudget } from "./text-budget.ts";

/** Unread bytes over which a client's stats are skipped: they are replaced four times a second anyway. */
const STATS_SKIPPED_OVER_BYTES = 1 << 20;
/** Unread text over which no more requests of a client are read. */
export const MAX_UNREAD_BEFORE_REQUESTS_BYTES = 1 << 20;
export const BAD_MESSAGES_WINDOW_MS = 10_000;
/** How long a client that is told to go has for its own goodbye, ms. */
const GOODBYE_MS = 2000;
/** Round trips that are measured as soon as a session begins, one after the other: the least of them is that of the link. */
const FIRST_PINGS = 3;

/** How long one has that was revoked, ms: for the close code, no more. */
const REVOKED_MS = 250;

/** What the sessions of a bridge share. */
export interface SessionContext {
  runtime: HostRuntime;
  dispatcher: Dispatcher;
  callLimits: CallLimits;
  pictureBudget: PictureBudget;
  previewStreams: PreviewStreams;
  textBudget: TextBudget;
}

/** One client of the control socket. */
export class Session {
  readonly name: string;
  /** By which the client opens the stream of its pictures. */
  readonly key: string;
  readonly previews: PreviewSubscriptions;
  readonly #socket: WebSocket;
  readonly #dispatcher: Dispatcher;
  readonly #textBudget: TextBudget;
  readonly #wanted: ReadonlySet<OptionalNotification>;
  readonly #limited: ReturnType<CallLimits["ofSession"]>;
  readonly #badMessages = new RateLimit(MAX_BAD_MESSAGES, BAD_MESSAGES_WINDOW_MS);
  readonly #drained = new Set<() => void>();
  /** Notifications that wait for `hello`; null: it is sent. */
  #held: string[] | null = [];
  #pending = 0;
  #unreadText = 0;
  #answersPings = true;
  #principal: Principal;
  #isRevoked = false;
  readonly #link: LinkMeter;
  #pingedMs: number | null = null;
  #pongs = 0;

  /** @param here the client is, or seems to be, on this computer */
  constructor(
    name: string,
    principal: Principal,
    socket: WebSocket,
    { runtime, dispatcher, callLimits, pictureBudget, previewStreams, textBudget }: SessionContext,
    wanted: ReadonlySet<OptionalNotification>,
    here: boolean,
  ) {
    this.name = name;
    this.#principal = principal;
    this.#link = new LinkMeter(here);
    this.#socket = socket;
    this.#dispatcher = dispatcher;
    this.#textBudget = textBudget;
    this.#wanted = wanted;
    this.#limited = callLimits.ofSession();
    this.previews = new PreviewSubscriptions(
      runtime,
      pictureBudget,
      {
        bufferedBytes: () => socket.bufferedAmount,
        send: (message, taken) => this.#sendBinary(message, taken),
        whenDrained: (callback) => void this.#drained.add(callback),
        cutOff: () => socket.terminate(),
      },
      this.#link,
      (ended) => this.notify("preview.ended", ended),
    );
    const { roads } = this.previews;
    this.key = previewStreams.register(
      { opened: (stream) => roads.open(stream), ended: (stream) => roads.ended(stream) },
      principal.id,
    );
    socket.on("message", (data: Buffer, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => this.#ponged());
    // By hand: pongs to a client that does not read would pile up.
    socket.on("ping", (data: Buffer) => {
      if (socket.bufferedAmount < MAX_UNREAD_BEFORE_REQUESTS_BYTES) socket.pong(data);
    });
    // ws reports a broken frame or an over-long message here and closes by itself with the code that belongs to it.
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code?.startsWith("WS_ERR")) dispatcher.refused(this, "message", code);
    });
    socket.on("close", () => {
      previewStreams.forget(this.key);
      this.#countText(-this.#unreadText);
      this.previews.close();
      this.#wakeDrained();
    });
  }

  /** Who it is now. */
  get principal(): Principal {
    return this.#principal;
  }
  /** Its role or name has changed; what it calls from now on is judged by it. */
  become(principal: Principal): void {
    this.#principal = principal;
    this.sendShared(notificationMessage("you", youOf(principal)), false);
  }
  get isRevoked(): boolean {
    return this.#isRevoked;
  }
  /** It is nobody any more: nothing that it sends is heard, and nothing more is sent to it. */
  revoke(): void {
    if (this.#isRevoked) return;
    this.#isRevoked = true;
    this.previews.close();
    this.#socket.close(closeCodes.revoked, "This browser or script is not paired any more.");
    // The word of it may lie behind pictures that nobody reads.
    setTimeout(() => this.#socket.terminate(), REVOKED_MS).unref();
  }

  wants(notification: OptionalNotification): boolean {
    return this.#wanted.has(notification);
  }

  notify<N extends NotificationName>(name: N, params: Notifications[N]): void {
    this.#sendText(notificationMessage(name, params));
  }

  /** The first message of a session; what happened while it was made follows it. */
  greet(hello: HelloCore & Partial<Hello>): void {
    this.#sendText(notificationMessage("hello", hello));
    const held = this.#held ?? [];
    this.#held = null;
    for (const text of held) this.#sendText(text);
    this.#sendPing();
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
    this.#sendPing();
    return true;
  }
  #sendPing(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#pingedMs = performance.now();
    this.#socket.ping();
  }
  #ponged(): void {
    this.#answersPings = true;
    if (this.#pingedMs === null) return;
    this.#link.ponged(performance.now() - this.#pingedMs);
    this.#pingedMs = null;
    if (++this.#pongs < FIRST_PINGS) this.#sendPing();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), GOODBYE_MS).unref();
  }
  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#isRevoked) return;
    if (isBinary) {
      this.#dispatcher.refused(this, "message", String(closeCodes.unsupportedData));
      this.close(closeCodes.unsupportedData, "Clients send text only.");
      return;
    }
    const parsed = parseRequest(data.toString("utf8"));
    if (!parsed.ok) {
      const data = parsed.path === undefined ? {} : { path: parsed.path };
      this.#sendText(errorMessage(parsed.id, "invalid_message", parsed.message, data, parsed.number));
      this.#countBad("message", "invalid_message");
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
      return this.#countBad("message", "unknown_method");
    }
    try {
      this.#dispatcher.permit(method, this);
    } catch (error) {
      if (!(error instanceof ZarrcamError)) throw error;
      return refuse(error.code, error.message, errorData(error));
    }
    const params = safeParse(methods[method].params, request.params ?? {});
    if (!params.success) {
      const [issue] = params.issues;
      const path = getDotPath(issue);
      refuse("invalid_params", `${method}: ${path ? `${path}: ` : ""}${issue.message}`, path ? { path } : {});
      return this.#countBad(method, "invalid_params");
    }
    if (this.#pending >= MAX_PENDING_REQUESTS) {
      return refuse("too_many_requests", `${MAX_PENDING_REQUESTS} requests of this session wait already.`);
    }
    this.#pending += 1;
    try {
      const result = await this.#limited(method, () => this.#dispatcher.call(method, params.output, this));
      if (id !== undefined) this.#sendText(resultMessage(id, result));
    } catch (error) {
      if (error instanceof ZarrcamError) refuse(error.code, error.message, errorData(error));
      else refuse("internal", error instanceof Error ? error.message : String(error));
    } finally {
      this.#pending -= 1;
    }
  }

  /** A message that no client of ours sends. */
  #countBad(action: string, code: ErrorCode): void {
    this.#dispatcher.refused(this, action, code);
    if (this.#badMessages.count(performance.now())) return;
    this.close(closeCodes.policyViolation, "Too many bad messages.");
  }

  #sendText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#textBudget.mayHaveMore(this.#unreadText)) return this.#socket.terminate();
    const bytes = Buffer.from(text);
    this.#countText(bytes.length);
    this.#socket.send(bytes, { binary: false }, () => {
      if (this.#socket.readyState !== this.#socket.CLOSED) this.#countText(-bytes.length);
      if (this.#unreadText <= MAX_UNREAD_BEFORE_REQUESTS_BYTES) this.#socket.resume();
    });
    if (this.#unreadText > MAX_UNREAD_BEFORE_REQUESTS_BYTES) this.#socket.pause();
  }

  #countText(bytes: number): void {
    this.#unreadText += bytes;
    this.#textBudget.count(bytes);
  }

  #sendBinary(message: Uint8Array, taken: () => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return taken();
    this.#socket.send(message, { binary: true, compress: false }, () => {
      taken();
      this.#wakeDrained();
    });
  }

  #wakeDrained(): void {
    const callbacks = [...this.#drained];
    this.#drained.clear();
    for (const callback of callbacks) callback();
  }
}

type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;
