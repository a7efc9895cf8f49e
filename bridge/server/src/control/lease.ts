import {
  CONTROL_ANSWER_MS,
  CONTROL_SILENCE_MS,
  type ControlEnd,
  type ControlEnding,
  type ControlState,
  type Controller,
  MAX_CONTROL_REQUESTS,
} from "@zarrcam/protocol";

/** All of `ControlState` that a clock alone does not change. */
export type LeaseState = Omit<ControlState, "unix_ms">;

interface Holder extends Controller {
  sinceMs: number;
  /** When a call that needs control, or a sign of life, came last. */
  heardMs: number;
}

interface Request extends Controller {
  sinceMs: number;
  /** When who has control was heard at work last, or got it: from then on the answer is due. */
  waitsSinceMs: number;
}

/** Who has control instead of the caller, and whether the caller lost it to them. */
export interface InControl {
  holder: Controller;
  forMs: number;
  /** How it ended for the caller, who had it before; null: it did not. */
  ended: ControlEnd | null;
  endedForMs: number;
}

/**
 * Who has control: one principal at most. Pure: it reads the clock that it is given, and tells nobody. Every question first lets go what
 * time has ended, so a late timer changes no answer.
 */
export class Lease {
  readonly #now: () => number;
  #holder: Holder | null = null;
  #requests: Request[] = [];
  /** Those that are connected and may have control, by id. */
  readonly #controllers = new Map<string, string>();
  /** Who started the recording that goes on; null: none does, or nobody who can have control. */
  #recorder: string | null = null;
  #ended: ControlEnd | null = null;
  /** How it ended last for each who had it; the oldest are forgotten. */
  readonly #endings = new Map<string, ControlEnd>();
  #version = 0;

  /** @param now unix time in ms, of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Rises with each change that others are to hear of. */
  get version(): number {
    return this.#version;
  }

  get state(): LeaseState {
    this.settle();
    const named = ({ id, name }: Controller) => ({ id, name });
    return {
      holder: this.#holder && {
        ...named(this.#holder),
        since_unix_ms: Math.round(this.#holder.sinceMs),
        active_unix_ms: Math.round(this.#holder.heardMs),
      },
      requests: this.#requests.map((request) => ({ ...named(request), since_unix_ms: Math.round(request.sinceMs) })),
      controllers: [...this.#controllers].map(([id, name]) => ({ id, name })),
      ended: this.#ended,
    };
  }

  /** When time alone changes something next, of the given clock; null: it does not. */
  get dueMs(): number | null {
    const holder = this.#holder;
    if (holder === null || this.#isRecording(holder)) return null;
    const silent = holder.heardMs + CONTROL_SILENCE_MS;
    const [first] = this.#requests;
    return first ? Math.min(silent, first.waitsSinceMs + CONTROL_ANSWER_MS) : silent;
  }

  /** A call that needs control: takes it where nobody has it. @returns who has it instead; null: the caller may go on. */
  use(who: Controller): InControl | null {
    this.settle();
    const now = this.#now();
    if (this.#holder === null) this.#give(who, null);
    else if (this.#holder.id !== who.id) {
      const ended = this.#endings.get(who.id) ?? null;
      const endedForMs = ended === null ? 0 : Math.max(0, now - ended.unix_ms);
      return { holder: this.#holder, forMs: now - this.#holder.sinceMs, ended, endedForMs };
    } else {
      this.#holder.heardMs = now;
      for (const request of this.#requests) request.waitsSinceMs = now;
    }
    return null;
  }

  /** A sign of life, which keeps control and takes none. */
  keep(who: Controller): void {
    this.settle();
    if (this.#holder?.id === who.id) this.#holder.heardMs = this.#now();
  }

  /** Asks for control, and gets it at once where nobody has it. @returns false where too many ask already */
  request(who: Controller): boolean {
    this.settle();
    if (this.#holder === null) this.#give(who, null);
    else if (this.#holder.id === who.id) this.keep(who);
    else if (!this.#requests.some(({ id }) => id === who.id)) {
      if (this.#requests.length >= MAX_CONTROL_REQUESTS) return false;
      const now = this.#now();
      this.#requests.push({ ...named(who), sinceMs: now, waitsSinceMs: now });
      this.#version += 1;
    }
    return true;
  }

  /** Whether who has it hands it over to somebody who is there. */
  handOver(who: Controller, to: string): "handed_over" | "not_in_control" | "not_there" {
    this.settle();
    if (this.#holder?.id !== who.id) return "not_in_control";
    if (to === who.id) return "handed_over";
    const name = this.#controllers.get(to);
    if (name === undefined) return "not_there";
    this.#give({ id: to, name }, "handed_over");
    return "handed_over";
  }

  /** Who has control keeps it. @returns false where the caller does not have it */
  refuse(who: Controller, id: string): boolean {
    this.settle();
    if (this.#holder?.id !== who.id) return false;
    this.keep(who);
    this.#withdraw(id);
    return true;
  }

  /** Gives control up: to who has asked for it longest, else to nobody. Who asks for it asks no more. */
  release(who: Controller): void {
    this.settle();
    if (this.#holder?.id === who.id) this.#pass("released");
    else this.#withdraw(who.id);
  }

  /** At once, whoever has it: for admins, which who calls must know. */
  take(who: Controller): void {
    this.settle();
    if (this.#holder?.id === who.id) this.keep(who);
    else this.#give(who, this.#holder === null ? null : "taken");
  }

  /** Who may have control no more. */
  remove(id: string): void {
    this.settle();
    if (this.#recorder === id) this.#recorder = null;
    if (this.#controllers.delete(id)) this.#version += 1;
    this.#withdraw(id);
    this.#endings.delete(id);
    if (this.#holder?.id === id) this.#pass("revoked");
  }

  /** Who is connected and may have control, at every change of it. */
  setControllers(controllers: Iterable<Controller>): void {
    this.settle();
    const before = JSON.stringify([...this.#controllers]);
    this.#controllers.clear();
    for (const { id, name } of controllers) this.#controllers.set(id, name);
    if (JSON.stringify([...this.#controllers]) === before) return;
    // Who has gone waits for nothing; who has control has it until silence ends it.
    this.#requests = this.#requests.filter(({ id }) => this.#controllers.has(id));
    for (const one of [this.#holder, ...this.#requests]) if (one) one.name = this.#controllers.get(one.id) ?? one.name;
    this.#version += 1;
  }

  /** Who has started the recording that goes on; null: none does. Silence counts from its end. */
  setRecorder(id: string | null): void {
    this.settle();
    this.#recorder = id;
  }

  /** Lets go what time has ended. */
  settle(): void {
    const holder = this.#holder;
    if (holder === null) return;
    const now = this.#now();
    if (this.#isRecording(holder)) {
      holder.heardMs = now;
      for (const request of this.#requests) request.waitsSinceMs = now;
      return;
    }
    if (now - holder.heardMs >= CONTROL_SILENCE_MS) return this.#pass("silence");
    const [first] = this.#requests;
    if (first && now - first.waitsSinceMs >= CONTROL_ANSWER_MS) this.#pass("unanswered");
  }

  /** Whether who has control is connected and waits for a recording that they started: then silence says nothing. */
  #isRecording({ id }: Holder): boolean {
    return this.#recorder === id && this.#controllers.has(id);
  }

  #pass(how: ControlEnding): void {
    const [next] = this.#requests;
    if (next) this.#give(next, how);
    else this.#end(how, null);
  }

  #give(who: Controller, how: ControlEnding | null): void {
    if (how !== null) this.#end(how, who.name);
    const now = this.#now();
    this.#holder = { ...named(who), sinceMs: now, heardMs: now };
    this.#endings.delete(who.id);
    this.#requests = this.#requests.filter(({ id }) => id !== who.id);
    for (const request of this.#requests) request.waitsSinceMs = now;
    this.#version += 1;
  }

  #end(how: ControlEnding, to: string | null): void {
    if (!this.#holder) return;
    this.#ended = { ...named(this.#holder), unix_ms: Math.round(this.#now()), how, to };
    this.#holder = null;
    this.#version += 1;
    if (how === "revoked") return;
    this.#endings.delete(this.#ended.id);
    this.#endings.set(this.#ended.id, this.#ended);
    const [oldest] = this.#endings.keys();
    if (this.#endings.size > ENDINGS_KEPT && oldest !== undefined) this.#endings.delete(oldest);
  }

  #withdraw(id: string): void {
    const left = this.#requests.filter((request) => request.id !== id);
    if (left.length === this.#requests.length) return;
    this.#requests = left;
    this.#version += 1;
  }
}

const ENDINGS_KEPT = 64;
const named = ({ id, name }: Controller): Controller => ({ id, name });
