import type { DeviceIdentifier, DeviceInfo, DeviceKind } from "@zarrcam/protocol";

/** The calls of a runtime that list and select devices. */
interface DeviceCalls {
  devices(kind?: DeviceKind): Promise<DeviceInfo[]>;
  select(kind: DeviceKind, name?: string): Promise<DeviceIdentifier | null>;
  selectOneOf(kind: DeviceKind, names: string[]): Promise<DeviceIdentifier | null>;
}

/** Acquire's device manager: a view of the runtime, so that its tutorials translate line by line. */
export class DeviceManager {
  readonly #runtime: DeviceCalls;

  constructor(runtime: DeviceCalls) {
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
