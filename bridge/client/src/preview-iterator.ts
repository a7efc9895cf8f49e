import type { PreviewFrame } from "@zarrcam/protocol";

import { queueIterator } from "./queue-iterator.ts";
import type { AvailableFrame, PreviewRequest, PreviewSource } from "./previews.ts";

/** A subscription as an iterator. A picture is acknowledged when the next one is asked for. */
export function iteratePreviews(
  source: PreviewSource,
  request: PreviewRequest,
  signal?: AbortSignal,
): AsyncIterableIterator<PreviewFrame> {
  let taken: (() => void) | undefined;
  const queue = queueIterator<{ frame: PreviewFrame; done: () => void }>(() => {
    signal?.removeEventListener("abort", queue.end);
    taken?.();
    void subscription.then((open) => open.close()).catch(() => undefined);
  });
  const subscription = source.subscribePreview(
    request,
    (frame) => new Promise<void>((done) => queue.push({ frame, done })),
    queue.end,
  );
  subscription.catch((error: unknown) => queue.fail(error as Error));
  signal?.addEventListener("abort", queue.end);
  if (signal?.aborted) queue.end();

  const iterator: AsyncIterableIterator<PreviewFrame> = {
    next: async () => {
      taken?.();
      taken = undefined;
      const result = await queue.iterator.next();
      if (result.done) return { done: true, value: undefined };
      taken = result.value.done;
      return { done: false, value: result.value.frame };
    },
    return: async () => {
      await queue.iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

export function availableFrame({ header, pixels }: PreviewFrame): AvailableFrame {
  return {
    stream: header.stream,
    hardwareFrameId: header.hardwareFrameId,
    frameIndex: header.frameIndex,
    hardwareClockNs: header.hardwareClockNs,
    unixMs: header.unixMs,
    width: header.width,
    height: header.height,
    pixelType: header.pixelType,
    pixels,
    runNumber: header.run,
    skipped: header.skipped,
  };
}
