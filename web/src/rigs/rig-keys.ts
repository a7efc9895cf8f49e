/** What lets this page in at other rigs, by their origin. */
export interface RigKeys {
  get(origin: string): Promise<string | null>;
  set(origin: string, token: string): Promise<void>;
  delete(origin: string): Promise<void>;
}

const NAME = "zarrcam.rigs";
const STORE = "tokens";

/** In this browser's database, which pages of this origin alone can read; never in an address, nor where it is listed with others. */
export const keptRigKeys: RigKeys = {
  async get(origin) {
    const found: unknown = await ask("readonly", (store) => store.get(origin));
    return typeof found === "string" ? found : null;
  },
  async set(origin, token) {
    await ask("readwrite", (store) => store.put(token, origin));
  },
  async delete(origin) {
    await ask("readwrite", (store) => store.delete(origin));
  },
};

async function ask(mode: IDBTransactionMode, question: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
  const database = (await answerOf(opening)) as IDBDatabase;
  try {
    return await answerOf(question(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function answerOf(request: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("This browser keeps nothing for this page."));
  });
}
