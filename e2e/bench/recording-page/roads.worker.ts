// One road at a time: what comes from the bridge and goes nowhere, or what goes to the browser's own storage and comes from nowhere.
import { expose } from "comlink";

const READ_BYTES = 2 << 20;

interface SyncFile {
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

export class Roads {
  /** All frames of the run that goes on, by a BYOB reader, thrown away. */
  async read(bridgeUrl: string, seconds: number): Promise<{ bytes: number; seconds: number }> {
    const response = await fetch(`${bridgeUrl}/streams/0/frames?back_pressure=true`);
    const reader = response.body!.getReader({ mode: "byob" });
    let memory = new ArrayBuffer(READ_BYTES);
    let bytes = 0;
    const begun = performance.now();
    while (performance.now() - begun < seconds * 1e3) {
      const { value } = await reader.read(new Uint8Array(memory));
      if (!value) throw new Error("The stream ended.");
      bytes += value.byteLength;
      memory = value.buffer;
    }
    const took = (performance.now() - begun) / 1e3;
    await reader.cancel();
    return { bytes, seconds: took };
  }

  /** Files of a layer each, forced to the disk when they are full, as the recorder does with what it does not compress. */
  async write(
    { layerBytes, blockBytes }: { layerBytes: number; blockBytes: number },
    seconds: number,
  ): Promise<{ bytes: number; seconds: number }> {
    const root = await navigator.storage.getDirectory();
    const block = Uint8Array.from({ length: blockBytes }, (_, at) => (at * 2_654_435_761) >>> 13);
    let bytes = 0;
    const begun = performance.now();
    for (let file = 0; performance.now() - begun < seconds * 1e3; file += 1) {
      const handle = await root.getFileHandle(`plain-${file}`, { create: true });
      const open = handle as unknown as { createSyncAccessHandle(): Promise<SyncFile> };
      const layer = await open.createSyncAccessHandle();
      for (let at = 0; at < layerBytes && performance.now() - begun < seconds * 1e3; at += block.length)
        bytes += layer.write(block, { at });
      layer.flush();
      layer.close();
    }
    return { bytes, seconds: (performance.now() - begun) / 1e3 };
  }
}

expose(new Roads());
