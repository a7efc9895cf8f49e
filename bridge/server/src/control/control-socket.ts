import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

import type { HostRuntime } from "@zarrcam/client/native";
import { type LogEntry, MAX_MESSAGE_BYTES, SUBPROTOCOL, allows, closeCodes } from "@zarrcam/protocol";
import { type WebSocket, WebSocketServer } from "ws";

import type { Access } from "../access/access.ts";
import type { Pairing } from "../access/pairing.ts";
import type { Audit } from "../audit/audit.ts";
import { CallLog } from "../audit/call-log.ts";
import type { Rig } from "../discovery/rig.ts";
import type { PreviewStreams } from "../http/preview-streams.ts";
import type { Principal } from "../access/principal.ts";
import { PictureBudget } from "../previews/picture-budget.ts";
import { Attendance } from "./attendance.ts";
import { Broadcasts } from "./broadcasts.ts";
import { CallLimits } from "./call-limits.ts";
import { Control } from "./control.ts";
import { createDispatcher } from "./dispatcher.ts";
import { type AcceptedUpgrade, checkUpgrade, rejectUpgrade } from "./upgrades.ts";
import { Session, type SessionContext } from "./session.ts";
import { TextBudget } from "./text-budget.ts";

/** Frames of one message: a message that comes byte by byte costs more than it holds. */
export const MAX_FRAGMENTS = 1024;
export const PING_EVERY_MS = 20_000;

interface ControlSocketOptions {
  runtime: HostRuntime;
  version: string;
  access: Access;
  pairing: Pairing;
  previewStreams: PreviewStreams;
  audit: Audit;
  /** Unix time in ms, for control; a clock that never goes back. */
  controlClock?: (() => number) | undefined;
  rig: Rig;
  /** No other computer reaches the bridge. */
  isAlone: boolean;
  /** How long a client has to take its leave when the bridge shuts down. */
  goodbyeMs: number;
}

/** The sessions of a bridge: who is let in, what all of them share, and their end. */
export class ControlSocket {
  readonly #access: Access;
  readonly #sessions = new Set<Session>();
  readonly #broadcasts: Broadcasts;
  readonly #shared: SessionContext;
  readonly #control: Control;
  readonly #attendance: Attendance;
  readonly #callLog: CallLog;
  readonly #webSockets: WebSocketServer;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #ends: () => void;
  #named = 0;

  constructor(options: ControlSocketOptions) {
    const { runtime, version, access, pairing, previewStreams, audit, rig, isAlone, goodbyeMs } = options;
    this.#access = access;
    this.#control = new Control(
      {
        changed: (state) => this.#broadcasts.tell("control", state),
        say: (message) => this.log({ level: "info", message, unix_ms: Date.now(), stream: null }),
      },
      audit,
      options.controlClock,
    );
    this.#broadcasts = new Broadcasts(
      runtime,
      { version, rigName: rig.name, isAlone },
      this.#sessions,
      () => this.#control.state,
    );
    this.#attendance = new Attendance(this.#control, audit);
    this.#callLog = new CallLog(audit, runtime);
    this.#ends = runtime.on("run_ended", ({ run_number }) => this.#control.runEnded(run_number));
    access.list.onChange(() => this.#accessChanged());
    this.#shared = {
      runtime,
      dispatcher: createDispatcher({ runtime, pairing, rig, control: this.#control, audit, callLog: this.#callLog }),
      callLimits: new CallLimits(),
      pictureBudget: new PictureBudget(),
      previewStreams,
      textBudget: new TextBudget(),
    };
    this.#webSockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      // Pixels do not shrink, and control messages are small.
      perMessageDeflate: false,
      handleProtocols: () => SUBPROTOCOL,
      autoPong: false,
      // One message of a session, then the others': a flood holds up its sender alone.
      allowSynchronousEvents: false,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: 16_384,
      // Of ws, but not of its types.
      ...({ closeTimeout: goodbyeMs } as object),
    });
    this.#heartbeat = setInterval(() => {
      for (const session of this.#sessions) if (session.ping()) access.touch(session.principal);
    }, PING_EVERY_MS).unref();
  }

  /**
   * Makes a session of a connection that asks for a WebSocket, or refuses it.
   *
   * @param release called before the connection is the session's.
   */
  accept(request: IncomingMessage, socket: Socket, head: Buffer, release: () => void): void {
    const open = [...this.#sessions].map(({ principal }) => principal);
    const checked = checkUpgrade(request, this.#access, open);
    if ("refusal" in checked) return rejectUpgrade(socket, checked.refusal);
    release();
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      void this.#welcome(webSocket, checked, isLoopback(socket.remoteAddress));
    });
  }

  /** Ids of the principals that have a session. */
  get connected(): ReadonlySet<string> {
    return new Set([...this.#sessions].map(({ principal }) => principal.id));
  }

  log(entry: LogEntry): void {
    this.#broadcasts.log(entry);
  }

  /** Tells all sessions to go. */
  beginClosing(): void {
    clearInterval(this.#heartbeat);
    this.#broadcasts.end();
    this.#callLog.close();
    this.#control.close();
    this.#ends();
    for (const session of this.#sessions) session.close(closeCodes.goingAway, "The bridge shuts down.");
  }
  /** Ends those that have not gone. */
  terminateAll(): void {
    for (const client of this.#webSockets.clients) client.terminate();
  }
  close(): void {
    this.#webSockets.close();
  }

  async #welcome(webSocket: WebSocket, { principal, wanted }: AcceptedUpgrade, here: boolean): Promise<void> {
    const session = new Session(`client ${++this.#named}`, principal, webSocket, this.#shared, wanted, here);
    // Before it is one of them: its hello says how things stand with it.
    this.#attend(principal);
    this.#sessions.add(session);
    this.#connectionsChanged(principal);
    webSocket.on("close", () => {
      this.#sessions.delete(session);
      this.#attend();
      this.#connectionsChanged(principal);
    });
    // While the socket was made it may have been revoked.
    this.#review(session);
    try {
      session.greet(await this.#broadcasts.helloFor(session));
    } catch {
      session.close(closeCodes.goingAway, "The runtime is closed.");
    }
  }

  /** Every session has what its principal has now, or none. */
  #accessChanged(): void {
    for (const session of this.#sessions) this.#review(session);
    const { holder, requests } = this.#control.state;
    for (const { id } of holder ? [holder, ...requests] : requests) if (!this.#mayControl(id)) this.#control.remove(id);
    this.#attend();
    this.#broadcasts.tell("access", {});
  }
  #review(session: Session): void {
    const now = this.#access.current(session.principal);
    if (!now) session.revoke();
    else if (now !== session.principal) session.become(now);
  }
  /** Whoever is paired, whether connected or not; the others are what they always were. */
  #mayControl(id: string): boolean {
    if (id === "this_computer" || id === "insecure") return true;
    const device = this.#access.list.find(id, Date.now());
    return device !== null && allows(device.role, "control");
  }
  #attend(...coming: Principal[]): void {
    const there = [...this.#sessions].flatMap((session) => (session.isRevoked ? [] : [session.principal]));
    this.#attendance.update([...coming, ...there]);
  }
  #connectionsChanged({ kind }: Principal): void {
    if (kind === "device" || kind === "token") this.#broadcasts.tell("access", {});
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.)/.test(address);
}
