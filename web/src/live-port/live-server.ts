import type { FromLive, LiveFound, LiveQuestion, ToLive } from "./live-port.ts";

/** A dataset that is asked for what is known of it, and for its bytes. */
export interface LiveSource {
  readonly runId: string;
  /** Null: nothing stands there, or not yet. */
  get(key: string, range: object): Promise<LiveFound | null>;
  ask(question: object): Promise<unknown>;
}

interface Asked {
  port: MessagePort;
  id: number;
  question: LiveQuestion;
}

/** The side that answers: one question after the other, and never so much that it disturbs whoever else works in this thread. */
export class LiveServer {
  readonly #source: LiveSource;
  readonly #share: number;
  readonly #ports = new Set<MessagePort>();
  #asked: Asked[] = [];
  #answering: Promise<void> | null = null;
  #closed = false;
  #rested: () => void = () => undefined;

  /** @param share of the thread's time that answers may take: 0.2 in one that records */
  constructor(source: LiveSource, share: number) {
    this.#source = source;
    this.#share = share;
  }

  connect(port: MessagePort): void {
    if (this.#closed) return leave(port);
    this.#ports.add(port);
    port.onmessage = ({ data }: MessageEvent<ToLive>) => {
      if ("cancel" in data) this.#asked = this.#asked.filter((one) => one.port !== port || one.id !== data.cancel);
      else {
        this.#asked.push({ port, ...data });
        this.#answering ??= this.#answerAll().finally(() => (this.#answering = null));
      }
    };
    port.addEventListener("close", () => {
      this.#ports.delete(port);
      this.#asked = this.#asked.filter((one) => one.port !== port);
    });
  }

  /** Who asks from now on is told to ask elsewhere. Resolves when the source is not used any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#asked = [];
    for (const port of this.#ports) leave(port);
    this.#ports.clear();
    this.#rested();
    await this.#answering;
  }

  async #answerAll(): Promise<void> {
    for (let next = this.#asked.shift(); next && !this.#closed; next = this.#asked.shift()) {
      const began = performance.now();
      const message = await this.#answer(next);
      if (this.#closed) return;
      next.port.postMessage(message, transferOf(message));
      const restMs = (performance.now() - began) * (1 / this.#share - 1);
      if (restMs > 0) await this.#rest(restMs);
    }
  }

  async #rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#rested = resolve;
      setTimeout(resolve, ms);
    });
  }

  async #answer({ id, question }: Asked): Promise<FromLive> {
    try {
      if (!("get" in question)) return { id, answer: await this.#source.ask(question) };
      const { run, key, range } = question.get;
      const isThis = run === null || run === this.#source.runId;
      return { id, answer: isThis ? await this.#source.get(key, range) : null };
    } catch (error) {
      return { id, refused: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** Says that nobody answers here. */
export function leave(port: MessagePort): void {
  port.postMessage({ gone: true } satisfies FromLive);
  port.close();
}

function transferOf(message: FromLive): Transferable[] {
  const bytes = "answer" in message ? (message.answer as LiveFound | null)?.bytes : null;
  return bytes instanceof Uint8Array ? [bytes.buffer] : [];
}
