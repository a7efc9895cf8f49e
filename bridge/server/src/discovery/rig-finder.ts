import type { FoundRig, RigSearch } from "@zarrcam/protocol";
import {
  type InferOutput,
  array,
  boolean,
  ip,
  integer,
  maxLength,
  maxValue,
  minValue,
  number,
  object,
  parse,
  picklist,
  pipe,
  string,
} from "valibot";

import { SharedAnswer } from "../shared-answer.ts";
import { startDiscovery } from "./discovery-program.ts";
import { inUrl } from "../listeners/lan-addresses.ts";

/** How long answers are waited for: a rig answers within a tenth of it, and is asked twice. */
const WAIT_MS = 2000;
/** How long the process may take besides, ms. */
const PATIENCE_MS = 3000;
/** An answer of 64 rigs has less, bytes. */
const MOST_ANSWER_BYTES = 256 << 10;

const shortText = pipe(string(), maxLength(100));
const answerSchema = object({
  rigs: pipe(
    array(
      object({
        name: shortText,
        host: shortText,
        addresses: pipe(array(pipe(string(), ip())), maxLength(8)),
        port: pipe(number(), integer(), minValue(1), maxValue(65_535)),
        scheme: picklist(["https", "http"]),
        version: shortText,
      }),
    ),
    maxLength(64),
  ),
  more: boolean(),
});
type Answer = InferOutput<typeof answerSchema>;

export interface RigFinderPort {
  /** Addresses of this computer on whose networks others are looked for. */
  addresses(): readonly string[];
  /** The port of this bridge itself, which is not told; null: it has none there. */
  readonly ownPort: () => number | null;
}

/** Looks for other camera computers when somebody asks; who asks meanwhile shares the answer. */
export class RigFinder {
  readonly #port: RigFinderPort;
  readonly #shared = new SharedAnswer(() => this.#look());

  constructor(port: RigFinderPort) {
    this.#port = port;
  }

  find(): Promise<RigSearch> {
    return this.#shared.ask();
  }

  async #look(): Promise<RigSearch> {
    const own = this.#port.addresses();
    if (own.length === 0) return nothing("The camera computer is in no network, so it finds no others.");
    let answer: Answer;
    try {
      answer = parse(answerSchema, JSON.parse(await ask(own)));
    } catch {
      return nothing("The camera computer could not ask its network who is there. Add the others by their address.");
    }
    const ownPort = this.#port.ownPort();
    const isOwn = ({ addresses, port }: Answer["rigs"][number]): boolean =>
      port === ownPort && addresses.some((address) => own.includes(address));
    const rigs = answer.rigs.filter((rig) => !isOwn(rig)).map(found);
    return { rigs, more: answer.more, problem: null };
  }
}

function found({ name, host, addresses, port, scheme, version }: Answer["rigs"][number]): FoundRig {
  const origins = addresses.map((address) => new URL(`${scheme}://${inUrl(address)}:${port}`).origin);
  return { name, host, origins, version };
}

const nothing = (problem: string): RigSearch => ({ rigs: [], more: false, problem });

/** One question and its answer, as text. Rejects where the process fails, floods, or does not end. */
function ask(addresses: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = startDiscovery("browse");
    const late = setTimeout(() => child.kill("SIGKILL"), WAIT_MS + PATIENCE_MS);
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.length > MOST_ANSWER_BYTES) child.kill("SIGKILL");
    });
    child.once("error", (error) => {
      clearTimeout(late);
      reject(error);
    });
    child.once("close", (code) => {
      clearTimeout(late);
      if (code === 0) resolve(text);
      else reject(new Error(`zarrcam-discovery ended with ${code}`));
    });
    // The input stays open: its end would end the search.
    child.stdin.write(`${JSON.stringify({ addresses, wait_ms: WAIT_MS })}\n`);
  });
}
