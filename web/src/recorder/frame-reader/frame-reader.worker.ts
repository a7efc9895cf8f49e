// Reads a stream of frames, so that bytes go on coming while the recorder encodes, writes or waits for the disk.
import { isZarrcamError, openFrameBytes } from "@zarrcam/client/remote";

import type { FromReader, ToReader } from "./messages.ts";
import { PieceSender } from "./piece-sender.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToReader>) => void;
  postMessage: (message: FromReader, transfer?: Transferable[]) => void;
};

const sender = new PieceSender((memory, bytes) => {
  scope.postMessage({ kind: "piece", memory, bytes }, [memory]);
});

async function read({ url, request }: Extract<ToReader, { kind: "open" }>): Promise<void> {
  const pieces = await openFrameBytes(url, request, () => sender.memory());
  scope.postMessage({ kind: "opened" });
  for await (const piece of pieces) sender.add(piece);
}

scope.onmessage = ({ data }) => {
  if (data.kind === "return") {
    sender.giveBack(data.memory);
    return;
  }
  void read(data)
    .then((): FromReader => ({ kind: "end" }))
    .catch((error: unknown): FromReader => {
      const message = error instanceof Error ? error.message : String(error);
      return { kind: "failed", code: isZarrcamError(error) ? error.code : null, message };
    })
    .then((last) => {
      sender.flush();
      scope.postMessage(last);
    });
};
