/** Texts, the signs between them, and words: numbers, true, false and null. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

interface Level {
  path: string;
  /** The keys of an object that were met; null: it is a list. */
  keys: Set<string> | null;
  /** Of a list: the index of the value that comes. */
  index: number;
  /** Of an object: the key whose value comes; null: a key comes. */
  key: string | null;
}

/**
 * The first field that an object of a JSON text has twice, as its path (`video[0].storage.settings.uri`); null: there is none.
 * `JSON.parse` must have taken the text: of two values it keeps the last and says nothing.
 */
export function duplicateKey(text: string): string | null {
  const levels: Level[] = [];
  const pathOfValue = (): string => {
    const level = levels.at(-1);
    if (!level) return "";
    if (!level.keys) return `${level.path}[${level.index}]`;
    return level.path === "" ? (level.key ?? "") : `${level.path}.${level.key}`;
  };
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === "{" || token === "[")
      levels.push({ path: pathOfValue(), keys: token === "{" ? new Set() : null, index: 0, key: null });
    else if (token === "}" || token === "]") levels.pop();
    else if (token === ",") {
      if (level) [level.index, level.key] = [level.index + 1, null];
    } else if (level?.keys && level.key === null) {
      level.key = JSON.parse(token) as string;
      if (level.keys.has(level.key)) return pathOfValue();
      level.keys.add(level.key);
    }
  }
  return null;
}
