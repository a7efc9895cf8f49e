// What this room uses of WebUSB, as the browser gives it to windows and workers, and what descriptors say of a camera.

export interface UsbEndpoint {
  readonly endpointNumber: number;
  readonly direction: "in" | "out";
  readonly type: "bulk" | "interrupt" | "isochronous";
  readonly packetSize: number;
}

export interface UsbInterface {
  readonly interfaceNumber: number;
  readonly alternate: {
    readonly interfaceClass: number;
    readonly interfaceSubclass: number;
    readonly interfaceProtocol: number;
    readonly endpoints: readonly UsbEndpoint[];
  };
}

export interface UsbInResult {
  readonly status?: "ok" | "stall" | "babble";
  readonly data?: DataView<ArrayBuffer>;
}

export interface UsbDevice {
  readonly opened: boolean;
  readonly vendorId: number;
  readonly manufacturerName?: string | null;
  readonly productName?: string | null;
  readonly serialNumber?: string | null;
  readonly configuration?: { readonly interfaces: readonly UsbInterface[] } | null;
  readonly configurations: readonly { readonly configurationValue: number }[];
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  clearHalt(direction: "in" | "out", endpoint: number): Promise<void>;
  transferIn(endpoint: number, bytes: number): Promise<UsbInResult>;
  transferOut(endpoint: number, bytes: BufferSource): Promise<{ status?: string; bytesWritten?: number }>;
}

export interface Usb extends EventTarget {
  /** Those that the user let this site have. */
  getDevices(): Promise<UsbDevice[]>;
  requestDevice(options: { filters: readonly object[] }): Promise<UsbDevice>;
}

/** What a USB3 Vision camera's interfaces are: miscellaneous, with this subclass. */
const CLASS = 0xef;
const SUBCLASS = 0x05;
const PROTOCOL = { control: 0, stream: 2 } as const;

export const CAMERA_FILTER = { classCode: CLASS, subclassCode: SUBCLASS };

/** `null`: the browser has no WebUSB, or not for this page. */
export const webUsb = (): Usb | null => (navigator as { usb?: Usb }).usb ?? null;

export interface CameraEndpoints {
  control: { readonly number: number; readonly in: number; readonly out: number };
  stream: { readonly number: number; readonly in: number; readonly packetBytes: number };
}

function interfaceOf(device: UsbDevice, protocol: number): UsbInterface | undefined {
  return device.configuration?.interfaces.find(
    ({ alternate }) =>
      alternate.interfaceClass === CLASS &&
      alternate.interfaceSubclass === SUBCLASS &&
      alternate.interfaceProtocol === protocol,
  );
}

/** `null`: it is no USB3 Vision camera. */
export function endpointsOf(device: UsbDevice): CameraEndpoints | null {
  const [control, stream] = [interfaceOf(device, PROTOCOL.control), interfaceOf(device, PROTOCOL.stream)];
  const bulk = (of: UsbInterface | undefined, direction: "in" | "out") =>
    of?.alternate.endpoints.find((endpoint) => endpoint.type === "bulk" && endpoint.direction === direction);
  const [answers, commands, frames] = [bulk(control, "in"), bulk(control, "out"), bulk(stream, "in")];
  if (!control || !stream || !answers || !commands || !frames) return null;
  return {
    control: { number: control.interfaceNumber, in: answers.endpointNumber, out: commands.endpointNumber },
    stream: { number: stream.interfaceNumber, in: frames.endpointNumber, packetBytes: frames.packetSize },
  };
}
