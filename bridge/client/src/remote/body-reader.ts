/** Reads a body into memory of whoever asks. */
export interface BodyReader {
  /**
   * Waits for bytes. The buffer of `view` is gone then: what comes back is what was read, from where `view` began, in the same
   * memory. Null: the body is over.
   */
  read(view: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Ends the body, and its connection with it. */
  cancel(): Promise<void>;
}

export function bodyReader(body: ReadableStream<Uint8Array<ArrayBuffer>>): BodyReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    return copyingReader(body.getReader());
  }
  return {
    read: async (view) => {
      const { done, value } = await reader.read(view);
      return done || !value ? null : value;
    },
    cancel: () => reader.cancel().catch(() => undefined),
  };
}

/** For a platform whose bodies come in memory of their own. */
function copyingReader(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): BodyReader {
  let rest = new Uint8Array();
  return {
    read: async (view) => {
      while (rest.byteLength === 0) {
        const { done, value } = await reader.read();
        if (done) return null;
        rest = value;
      }
      const taken = rest.subarray(0, view.byteLength);
      rest = rest.subarray(taken.byteLength);
      view.set(taken);
      return view.subarray(0, taken.byteLength);
    },
    cancel: () => reader.cancel().catch(() => undefined),
  };
}
