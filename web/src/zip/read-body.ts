/** More came than was asked for, or than makes sense. */
export class TooLongError extends Error {
  override readonly name = "TooLongError";
}

/**
 * The body of an answer, and no more of it than `most` bytes: a server may send without end, and a body that comes compressed
 * may be a thousand times as long as its header says.
 *
 * @throws TooLongError
 */
export async function readBody(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > most) {
      void reader.cancel();
      throw new TooLongError(`more than ${most} bytes came`);
    }
    parts.push(next.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
