import type { DeviceIdentifier, DeviceInfo, DeviceKind } from "@zarrcam/protocol";

import type { Runtime } from "./runtime.ts";

/** Acquire's device manager: a view of the runtime, so that its tutorials translate line by line. */
export class DeviceManager {
  readonly #runtime: Pick<Runtime, "devices" | "select" | "selectOneOf">;

  constructor(runtime: Pick<Runtime, "devices" | "select" | "selectOneOf">) {
    this.#runtime = runtime;
  }

  devices(): Promise<DeviceInfo[]> {
    return this.#runtime.devices();
  }
  select(kind: DeviceKind, name?: string): Promise<DeviceIdentifier | null> {
    return this.#runtime.select(kind, name);
  }
  selectOneOf(kind: DeviceKind, names: string[]): Promise<DeviceIdentifier | null> {
    return this.#runtime.selectOneOf(kind, names);
  }
}
