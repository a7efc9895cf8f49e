// Frames of a WebSocket as no client sends them: what follows the handshake, byte for byte.
import fc from "fast-check";

const opcode = fc.oneof(fc.constantFrom(0, 1, 2, 8, 9, 10), fc.nat(15));
const payload = fc.oneof(
  fc.constantFrom('{"jsonrpc":"2.0","id":1,"method":"get_state"}', "{}", "", "\u00ff", "[", "null"),
  fc.string({ unit: "binary", maxLength: 130 }),
);

const frame = fc
  .record({
    final: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    reserved: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
    opcode,
    masked: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    payload,
    /** What the head says, where it lies. */
    length: fc.option(fc.constantFrom(0, 1, 125, 126, 127, 65_535, 2 ** 20, 2 ** 31, 2 ** 40), { nil: null, freq: 5 }),
  })
  .map(({ final, reserved, opcode: code, masked, mask, payload: text, length }) => {
    const bytes = Buffer.from(text);
    const said = length ?? bytes.length;
    const first = (final ? 0x80 : 0) | (reserved << 4) | code;
    const bit = masked ? 0x80 : 0;
    const head =
      said < 126
        ? Buffer.from([first, bit | said])
        : said < 65_536
          ? Buffer.from([first, bit | 126, said >> 8, said & 255])
          : Buffer.concat([Buffer.from([first, bit | 127]), long(said)]);
    if (!masked) return Buffer.concat([head, bytes]);
    return Buffer.concat([head, mask, bytes.map((byte, at) => byte ^ (mask[at % 4] as number))]);
  });

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** All that one client sends after its handshake. */
export const socketBytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 5, arbitrary: fc.array(frame, { minLength: 1, maxLength: 6 }).map((frames) => Buffer.concat(frames)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);
