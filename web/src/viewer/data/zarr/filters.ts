// numcodecs' filters that compute with values, on the bytes of a chunk in the order of its memory.
import type { MakeCodec } from "./codec.ts";
import { type DataType, type StoredArray, isInteger, isWide } from "../../core/stored-value.ts";
import { bytesOf, dataTypeOfV2, makeValues, valuesOf } from "./data-type.ts";
import { NotShownError } from "./errors.ts";
import type { JsonObject } from "./json.ts";

interface Pair {
  from: DataType;
  fromBig: boolean;
  to: DataType;
}

/** `dtype`: of the values; `astype`: of what is stored. */
function pairOf(name: string, configuration: JsonObject): Pair {
  const decoded = dataTypeOfV2(configuration["dtype"]);
  const encoded = configuration["astype"] == null ? decoded : dataTypeOfV2(configuration["astype"]);
  const halves = [decoded, encoded].some(({ type }) => type === "float16" || type === "bool");
  if (halves || decoded.bigEndian) {
    throw new NotShownError(`Its filter "${name}" is used in a way that this page does not undo.`);
  }
  return { from: encoded.type, fromBig: encoded.bigEndian, to: decoded.type };
}

function filter(pair: Pair, decode: (encoded: StoredArray) => StoredArray): ReturnType<MakeCodec> {
  const [own, other] = [bytesOf(pair.to), bytesOf(pair.from)];
  return {
    decode(bytes) {
      const usable = bytes.length % other === 0 ? bytes : bytes.subarray(0, bytes.length - (bytes.length % other));
      const { buffer, byteOffset, byteLength } = decode(valuesOf(usable, pair.from, pair.fromBig));
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
    encodedSize: (decoded) => (decoded / own) * other,
  };
}

const delta: MakeCodec = (configuration) => {
  const pair = pairOf("delta", configuration);
  if (isInteger(pair.from) !== isInteger(pair.to) || (!isInteger(pair.to) && pair.from !== pair.to)) {
    throw new NotShownError(`Its filter "delta" mixes integers and floats, which this page does not undo.`);
  }
  return filter(pair, (encoded) => {
    const out = makeValues(pair.to, encoded.length);
    if (isWide(pair.to)) {
      const [wide, source] = [out as BigInt64Array, encoded as ArrayLike<number | bigint>];
      let sum = 0n;
      for (let at = 0; at < wide.length; at++) {
        wide[at] = sum + BigInt(source[at] as number | bigint);
        sum = wide[at] as bigint;
      }
    } else {
      const [narrow, source] = [out as Float64Array, encoded as ArrayLike<number | bigint>];
      const wide = isWide(pair.from);
      let sum = 0;
      for (let at = 0; at < narrow.length; at++) {
        const value = source[at] as number | bigint;
        // Typed arrays wrap round as NumPy's integers do, and round as its floats.
        narrow[at] = sum + (wide ? Number(BigInt.asIntN(32, value as bigint)) : (value as number));
        sum = narrow[at] as number;
      }
    }
    return out;
  });
};

const fixedScaleOffset: MakeCodec = (configuration) => {
  const pair = pairOf("fixedscaleoffset", configuration);
  const [scale, offset] = [Number(configuration["scale"]), Number(configuration["offset"])];
  if (!Number.isFinite(scale) || !Number.isFinite(offset)) {
    throw new NotShownError(`Its filter "fixedscaleoffset" has no scale and offset.`);
  }
  // NumPy divides and adds in the precision of what is stored, where that is a float.
  const round = pair.from === "float32" ? Math.fround : (value: number) => value;
  const [by, plus] = [round(scale), round(offset)];
  return filter(pair, (encoded) => {
    const out = makeValues(pair.to, encoded.length);
    for (let at = 0; at < encoded.length; at++) {
      const value = round(round(Number(encoded[at]) / by) + plus);
      if (isWide(pair.to)) (out as BigInt64Array)[at] = BigInt(Math.trunc(value));
      else (out as Float64Array)[at] = value;
    }
    return out;
  });
};

/** It rounded when it was stored; there is nothing to undo. */
const rounded: MakeCodec = () => ({ decode: (bytes) => bytes, encodedSize: (decoded) => decoded });

const quantize: MakeCodec = (configuration) => {
  const pair = pairOf("quantize", configuration);
  return filter(pair, (encoded) => {
    if (pair.from === pair.to) return encoded;
    const out = makeValues(pair.to, encoded.length);
    (out as Float64Array).set(encoded as Float64Array);
    return out;
  });
};

export const FILTERS: Record<string, MakeCodec> = {
  delta,
  fixedscaleoffset: fixedScaleOffset,
  bitround: rounded,
  quantize,
};
