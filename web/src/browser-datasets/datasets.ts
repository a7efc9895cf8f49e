import type { DatasetInfo, LeftOut, LossPage, Recovery, VideoStream } from "@zarrcam/protocol";

import { LiveServer, leave } from "../live-port/live-server.ts";
import { Core } from "../recorder/core.ts";
import { StoredDataset } from "../recorder/dataset.ts";
import { OpfsTree } from "../recorder/opfs-tree.ts";
import { Store } from "../recorder/store.ts";
import { lockName, withStore } from "../recorder/with-store.ts";
import { findDatasets, ownFiles } from "./find-datasets.ts";
import { KnownDatasets, isBeingWritten } from "./known-datasets.ts";
import { ReadTree } from "./read-tree.ts";

export interface Listing {
  datasets: DatasetInfo[];
  leftOut: LeftOut[];
}

/** A dataset whose `@live` is asked for. */
interface Served {
  signature: string;
  server: LiveServer;
  close(): Promise<void>;
}

/** Datasets that are served at a time; the one that was asked for the longest ago goes first. */
const MOST_SERVED = 4;

/** What the worker of the browser's datasets does for the page. A name is a path in the browser's own storage, without the first slash. */
export class Datasets {
  #opened: Promise<{ core: Core; tree: ReadTree; known: KnownDatasets }> | null = null;
  readonly #served = new Map<string, Promise<Served>>();

  async list(coreUrl: string): Promise<Listing> {
    const { tree, known } = await this.#open(coreUrl);
    const datasets: DatasetInfo[] = [];
    const leftOut: LeftOut[] = [];
    for (const name of await findDatasets(tree))
      try {
        datasets.push(await known.info(name));
      } catch (error) {
        // It went while it was looked at, or is about to be made.
        if (!(await tree.folder(name)) || (await isBeingWritten(name))) continue;
        const reason = error instanceof Error ? error.message : String(error);
        leftOut.push({ cause: "damaged", reason, count: 1, names: [name] });
      }
    return { datasets, leftOut };
  }

  async info(coreUrl: string, name: string): Promise<DatasetInfo> {
    return (await this.#open(coreUrl)).known.info(await this.#existing(coreUrl, name));
  }
  async losses(coreUrl: string, name: string, from: number, count: number): Promise<LossPage> {
    return (await this.#open(coreUrl)).known.ask(name, { losses: { from, count } });
  }
  async settings(coreUrl: string, name: string): Promise<VideoStream> {
    return (await this.#open(coreUrl)).known.ask(name, { settings: {} });
  }

  /** Makes a dataset whole that was left open. */
  async recover(coreUrl: string, name: string): Promise<Recovery> {
    const { core, known } = await this.#open(coreUrl);
    // It closes what the core has open, of all of them.
    for (const served of [...this.#served.keys()]) await this.#forget(served);
    const done = await withStore(core, `/${name}`, (store) => store.recover(`/${name}`));
    if (done) return done;
    const { frames_stored, losses, shape } = await known.info(name);
    const frames_missing = losses?.dropped ?? 0;
    return { was_needed: false, frames_stored, frames_missing, frames_damaged: 0, layers_sealed: 0, shape };
  }

  /** Deletes a dataset, for good. */
  async remove(name: string): Promise<void> {
    await this.#forget(name);
    await navigator.locks.request(lockName(`/${name}`), { ifAvailable: true }, async (lock) => {
      if (!lock) throw new Error(`${name} is being recorded: stop the recording first.`);
      await (await OpfsTree.open()).remove(`/${name}`);
    });
  }

  /** Answers over a port what is asked of a dataset that nobody records in this page. */
  async serveLive(coreUrl: string, name: string, port: MessagePort): Promise<void> {
    try {
      (await this.#serve(coreUrl, name)).server.connect(port);
    } catch {
      leave(port);
    }
  }

  async #serve(coreUrl: string, name: string): Promise<Served> {
    const { core, tree } = await this.#open(coreUrl);
    const isWritten = await isBeingWritten(name);
    const { signature } = await ownFiles(tree, name);
    const served = await this.#served.get(name)?.catch(() => null);
    if (served?.signature === signature) return served;
    await this.#forget(name);
    const opening = open(core, tree, name, isWritten, signature);
    this.#served.set(name, opening);
    const [oldest] = this.#served.keys();
    if (this.#served.size > MOST_SERVED && oldest !== undefined) await this.#forget(oldest);
    return opening;
  }

  async #forget(name: string): Promise<void> {
    const served = this.#served.get(name);
    this.#served.delete(name);
    await served?.then((one) => one.close()).catch(() => undefined);
  }

  async #existing(coreUrl: string, name: string): Promise<string> {
    const { tree } = await this.#open(coreUrl);
    if (!(await tree.folder(name))) throw new Error(`There is no dataset ${name} in this browser.`);
    return name;
  }

  #open(coreUrl: string): Promise<{ core: Core; tree: ReadTree; known: KnownDatasets }> {
    const opening = (this.#opened ??= Promise.all([Core.fetch(coreUrl), ReadTree.open()]).then(([core, tree]) => ({
      core,
      tree,
      known: new KnownDatasets(core, tree),
    })));
    // It may work another time.
    opening.catch(() => (this.#opened = null));
    return opening;
  }
}

async function open(core: Core, tree: ReadTree, name: string, isWritten: boolean, signature: string): Promise<Served> {
  const store = await Store.open(core, tree, `/${name}`);
  try {
    const dataset = await StoredDataset.open(store, `/${name}`, isWritten);
    const server = new LiveServer(dataset, 1);
    return {
      signature,
      server,
      close: async () => {
        await server.close();
        dataset.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}
