/** The parts of `GPUAdapterInfo` that tell; any may be missing or empty. */
export interface AdapterInfo {
  vendor?: string;
  architecture?: string;
  description?: string;
  isFallbackAdapter?: boolean;
}

const KNOWN = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/** The name of an adapter that imitates a graphics card on the processor; null: it is one. */
export function softwareAdapter({ vendor, architecture, description, isFallbackAdapter }: AdapterInfo): string | null {
  const names = [description, architecture, vendor].filter((name) => name !== undefined && name !== "");
  const known = names.find((name) => KNOWN.test(name ?? ""));
  return known ?? (isFallbackAdapter ? (names[0] ?? "without a name") : null);
}
