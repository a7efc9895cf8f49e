import type { JsonObject } from "./json.ts";

export interface Codec {
  /** @param expected bytes that must come out; null: not known before */
  decode(bytes: Uint8Array, expected: number | null): Uint8Array | Promise<Uint8Array>;
  /** Bytes that it makes of so many when it encodes; null: that depends on them. */
  encodedSize(decoded: number): number | null;
}

export type MakeCodec = (configuration: JsonObject) => Codec;
