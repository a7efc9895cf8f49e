// Forces files to the disk by handles of its own: that takes as long as the disk does, and holds nobody else up.
import { OpfsTree } from "../opfs-tree.ts";
import type { FromFlusher, ToFlusher } from "./messages.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToFlusher>) => void;
  postMessage: (message: FromFlusher) => void;
};

const tree = OpfsTree.open();

async function flush(path: string): Promise<void> {
  const file = await (await tree).open(path, false);
  try {
    file.flush();
  } finally {
    file.close();
  }
}

scope.onmessage = ({ data: { number, path } }) => {
  flush(path).then(
    () => scope.postMessage({ number, refusal: null }),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      scope.postMessage({ number, refusal: { name, message } });
    },
  );
};
