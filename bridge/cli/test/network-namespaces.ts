// Hosts of a network that exists in this machine alone: namespaces of the kernel, linked by pairs of virtual cables. Nothing that is sent
// there leaves them.
import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";

const ip = (...args: string[]) => spawnSync("ip", args, { encoding: "utf8" });

/** Why there can be none here, in words for a skipped test; null: there can. */
export function lackOfNamespaces(): string | null {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  const name = `zarrcam-try-${process.pid}`;
  const made = ip("netns", "add", name);
  if (made.error) return "the program `ip` is missing";
  if (made.status !== 0) return `network namespaces cannot be made: ${made.stderr.trim()}`;
  const linked = ip("-n", name, "link", "add", "name", "one", "type", "veth", "peer", "name", "other");
  ip("netns", "delete", name);
  return linked.status === 0 ? null : `virtual cables cannot be made: ${linked.stderr.trim()}`;
}

/** Where a cable ends: an interface of a host, and its address, as "10.77.1.1/24". */
type Plug = readonly [host: string, name: string, address: string];

/** Hosts by their names, and the cables between them. */
export class Hosts implements AsyncDisposable {
  readonly #prefix: string;
  readonly #names = new Set<string>();
  readonly #running = new Set<ChildProcess>();

  constructor(prefix: string) {
    this.#prefix = `${prefix}-${process.pid}`;
  }

  /** A cable from an interface of one host to that of another. Resolves when both are up. */
  async link(one: Plug, other: Plug): Promise<void> {
    for (const [host] of [one, other]) this.#add(host);
    const [end, otherEnd] = [this.#space(one[0]), this.#space(other[0])];
    run("-n", end, "link", "add", "name", one[1], "type", "veth", "peer", "name", other[1], "netns", otherEnd);
    for (const [host, name, address] of [one, other]) {
      const space = this.#space(host);
      // Without the seconds in which the kernel makes sure that an IPv6 address is free.
      run("-n", space, "addr", "add", address, "dev", name, ...(address.includes(":") ? ["nodad"] : []));
      run("-n", space, "link", "set", name, "up");
    }
    for (const [host, name] of [one, other])
      while (!ip("-n", this.#space(host), "link", "show", "dev", name).stdout.includes("state UP"))
        await new Promise((resolve) => setTimeout(resolve, 20));
  }

  spawn(host: string, command: readonly string[], stdio: StdioOptions = "pipe"): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.#space(host), ...command], { stdio });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = [...this.#running].map((child) => new Promise((resolve) => child.once("exit", resolve)));
    for (const child of this.#running) child.kill("SIGKILL");
    await Promise.all(ended);
    for (const name of this.#names) ip("netns", "delete", this.#space(name));
  }

  #add(name: string): void {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    run("netns", "add", this.#space(name));
    run("-n", this.#space(name), "link", "set", "lo", "up");
  }
  #space(name: string): string {
    return `${this.#prefix}-${name}`;
  }
}

function run(...args: string[]): void {
  const done = ip(...args);
  if (done.status !== 0) throw new Error(`ip ${args.join(" ")}: ${done.stderr}`);
}
