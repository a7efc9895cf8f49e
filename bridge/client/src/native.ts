// The entry for the process that owns the cameras: loads the addon.
export * from "./shared.ts";
export {
  type CertificatePair,
  type PermittedNames,
  issueCertificate,
  makeAuthority,
  permittedNames,
} from "./native/certificates.ts";
export type { FrameBytes, HostRuntime, LiveAnswer, LiveRange, PreviewPicture } from "./native/host-runtime.ts";
export { NativeRuntime, type NativeRuntimeOptions } from "./native/native-runtime.ts";
