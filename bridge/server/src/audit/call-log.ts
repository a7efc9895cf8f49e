import { type HostRuntime, ZarrcamError } from "@zarrcam/client/native";
import { type Configuration, type MethodName, type Params, type Result, methods } from "@zarrcam/protocol";

import type { Audit } from "./audit.ts";
import { describeCall } from "./calls.ts";

/** Sent again and again by pages, and nothing comes of it. */
const QUIET: ReadonlySet<MethodName> = new Set(["control.keep"]);

/** Whether a call leaves a line. What is done about access is logged where it is done. */
function isNoted(method: MethodName): boolean {
  return methods[method].role !== "observe" && !method.startsWith("access.") && !QUIET.has(method);
}

interface Caller {
  readonly principal: { readonly id: string; readonly name: string; readonly address: string };
}

/** The lines of the audit log about calls of the protocol. */
export class CallLog {
  readonly #audit: Pick<Audit, "add">;
  readonly #end: () => void;
  /** The configuration in force, to say what a change changes. */
  #configuration: Configuration | null = null;

  constructor(audit: Pick<Audit, "add">, runtime: Pick<HostRuntime, "on" | "getRevision">) {
    this.#audit = audit;
    this.#end = runtime.on("configuration", ({ configuration }) => (this.#configuration = configuration));
    void runtime.getRevision().then(
      ({ configuration }) => (this.#configuration ??= configuration),
      // It is closing.
      () => undefined,
    );
  }

  /** Carries a call out, and notes what came of it. */
  async carryOut<M extends MethodName>(
    method: M,
    params: Params<M>,
    caller: Caller,
    call: () => Promise<Result<M>>,
  ): Promise<Result<M>> {
    if (!isNoted(method)) return call();
    const before = this.#configuration;
    try {
      const answer = await call();
      this.#note(method, caller, describeCall(method, params, answer, before));
      return answer;
    } catch (error) {
      const code = error instanceof ZarrcamError ? error.code : "internal";
      this.#note(method, caller, describeCall(method, params, null, before), code);
      throw error;
    }
  }

  /** Something was refused before anything of it was carried out: a call, or a message that is none. */
  refused(action: string, caller: Caller, why: string): void {
    this.#note(action, caller, "", why);
  }

  close(): void {
    this.#end();
  }

  #note(action: string, { principal }: Caller, detail: string, refused?: string): void {
    const { address } = principal;
    this.#audit.add({ principal, action, detail, address, ...(refused === undefined ? {} : { refused }) });
  }
}
