import { ZarrcamError } from "@zarrcam/client/native";
import {
  type ControlState,
  MAX_CONTROL_REQUESTS,
  type MethodName,
  allows,
  methods,
  needsControl,
} from "@zarrcam/protocol";

import type { Principal } from "../access/principal.ts";
import type { Audit } from "../audit/audit.ts";
import { Lease, type LeaseState } from "./lease.ts";
import { endingForLog, endingForPeople, refusalText } from "./words.ts";

/** Unix time in ms by a clock that nobody sets: an hour that is put right ends no control. */
const steadyNow = (): number => performance.timeOrigin + performance.now();

/** Who a call comes from, as far as control is concerned. */
export type Caller = Pick<Principal, "id" | "name" | "role">;

export interface ControlHooks {
  /** It is another state than before: everybody is to be told. */
  changed(state: ControlState): void;
  /** A line for the log of all. */
  say(message: string): void;
}

/** Control of cameras, configuration and run: who has it, and that everybody hears of it. */
export class Control {
  readonly #lease: Lease;
  readonly #hooks: ControlHooks;
  readonly #audit: Pick<Audit, "add">;
  #told: LeaseState;
  #version = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerDueMs = Infinity;
  /** Number of the last run that ended: an answer to `start` may come after it. */
  #lastEndedRun = 0;
  readonly #now: () => number;

  constructor(hooks: ControlHooks, audit: Pick<Audit, "add">, now: () => number = steadyNow) {
    this.#now = now;
    this.#lease = new Lease(now);
    this.#hooks = hooks;
    this.#audit = audit;
    this.#told = this.#lease.state;
  }

  get state(): ControlState {
    this.#tell();
    return this.#said;
  }

  get #said(): ControlState {
    return { unix_ms: Math.round(this.#now()), ...this.#told };
  }

  /** Whether the caller may make this call, by whom control is with. @throws ZarrcamError `not_in_control` */
  admit(method: MethodName, who: Caller): void {
    if (!needsControl(method, methods[method].role)) return;
    const other = this.#lease.use(who);
    this.#tell();
    if (other) throw new ZarrcamError("not_in_control", refusalText(other, who.role));
  }

  request(who: Caller): ControlState {
    if (!this.#lease.request(who)) {
      const message = `${MAX_CONTROL_REQUESTS} others ask for control already. Ask again when one of them has had it.`;
      throw new ZarrcamError("too_many_requests", message);
    }
    return this.state;
  }

  handOver(who: Caller, to: string): ControlState {
    const done = this.#lease.handOver(who, to);
    this.#tell();
    if (done === "not_in_control") throw this.#notYours();
    if (done === "not_there") {
      const message = `Nobody who may have control is connected as ${JSON.stringify(to)}: \`controllers\` of the notification \`control\` lists who is.`;
      throw new ZarrcamError("invalid_params", message, { path: "to" });
    }
    return this.#said;
  }

  refuse(who: Caller, id: string): ControlState {
    const done = this.#lease.refuse(who, id);
    this.#tell();
    if (!done) throw this.#notYours();
    return this.#said;
  }

  release(who: Caller): ControlState {
    this.#lease.release(who);
    return this.state;
  }

  take(who: Caller): ControlState {
    this.#lease.take(who);
    return this.state;
  }

  keep(who: Caller): ControlState {
    this.#lease.keep(who);
    return this.state;
  }

  /** Who is connected now, each once. */
  setConnected(connected: Iterable<Caller>): void {
    const controllers = new Map(
      [...connected].filter(({ role }) => allows(role, "control")).map((who) => [who.id, who]),
    );
    this.#lease.setControllers(controllers.values());
    this.#tell();
  }

  /** Who may have control no more: revoked, or given a smaller role. */
  remove(id: string): void {
    this.#lease.remove(id);
    this.#tell();
  }

  /** A recording began. */
  recordingBegan(who: Caller, runNumber: number): void {
    if (runNumber > this.#lastEndedRun) this.#lease.setRecorder(who.id);
    this.#tell();
  }
  runEnded(runNumber: number | null): void {
    this.#lastEndedRun = runNumber ?? this.#lastEndedRun;
    this.#lease.setRecorder(null);
    this.#tell();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timerDueMs = -Infinity;
  }

  /** What changed is told once, whoever or whatever changed it; time is looked at again when it is due. */
  #tell(): void {
    this.#lease.settle();
    this.#arm();
    if (this.#lease.version === this.#version) return;
    this.#version = this.#lease.version;
    const before = this.#told;
    this.#told = this.#lease.state;
    this.#record(before, this.#told);
    this.#hooks.changed(this.#said);
  }

  #record(before: LeaseState, { holder, ended }: LeaseState): void {
    const unix_ms = Math.round(this.#now());
    const by = (who: { id: string; name: string }) => ({ principal: { id: who.id, name: who.name }, address: "" });
    if (ended && ended !== before.ended) {
      this.#audit.add({ unix_ms, ...by(ended), action: "control.ended", detail: endingForLog(ended) });
      const sentence = endingForPeople(ended);
      if (sentence) this.#hooks.say(sentence);
    }
    if (holder && (holder.id !== before.holder?.id || holder.since_unix_ms !== before.holder.since_unix_ms))
      this.#audit.add({ unix_ms, ...by(holder), action: "control.began", detail: "" });
  }

  #arm(): void {
    const due = this.#lease.dueMs;
    // A call puts it off: the timer that is set finds out when it comes, so a busy controller sets none.
    if (due === null || due >= this.#timerDueMs) return;
    clearTimeout(this.#timer);
    this.#timerDueMs = due;
    this.#timer = setTimeout(
      () => {
        this.#timerDueMs = Infinity;
        this.#tell();
      },
      Math.max(0, due - this.#now()) + 1,
    ).unref();
  }

  #notYours(): ZarrcamError {
    const { holder } = this.#told;
    const message = holder
      ? `${holder.name} has control.`
      : "Nobody has control: the next call that needs it takes it.";
    return new ZarrcamError("not_in_control", message);
  }
}
