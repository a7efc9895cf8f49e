const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A list or an object whose end has not come yet. */
interface Level {
  /** The keys of an object that were met; null: it is a list. */
  keys: Set<string> | null;
  /** Of a list: the index of the value that comes. */
  index: number;
  /** Of an object: the key whose value comes; null: a key comes. */
  key: string | null;
}

/**
 * The first field that an object of a JSON text has twice, as its path (`video[0].storage.settings.uri`); null: there is none.
 * `JSON.parse` must have taken the text: of two values it keeps the last and says nothing. Takes about as long as that does,
 * since texts of anybody come here.
 */
export function duplicateKey(text: string): string | null {
  const levels: Level[] = [];
  let level: Level | undefined;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_LIST: {
        const keys = text.charCodeAt(at) === OPEN_OBJECT ? new Set<string>() : null;
        level = { keys, index: 0, key: null };
        levels.push(level);
        break;
      }
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        levels.pop();
        level = levels.at(-1);
        break;
      case COMMA:
        if (level) {
          level.index++;
          level.key = null;
        }
        break;
      case QUOTE: {
        const end = endOfText(text, at);
        if (level?.keys && level.key === null) {
          level.key = JSON.parse(text.slice(at, end + 1)) as string;
          if (level.keys.has(level.key)) return pathOf(levels);
          level.keys.add(level.key);
        }
        at = end;
      }
    }
  }
  return null;
}

/** Where the text ends that begins at a quote: at the next one that no backslash stands before, or at an even number of them. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

function pathOf(levels: readonly Level[]): string {
  return levels.reduce((path, { keys, key, index }) => {
    if (!keys) return `${path}[${index}]`;
    return path === "" ? (key ?? "") : `${path}.${key}`;
  }, "");
}
