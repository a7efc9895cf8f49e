/** Where a text stops being JSON, for people. */
export interface JsonFault {
  /** Counted from 1. */
  line: number;
  /** Counted from 1. */
  column: number;
  /** What would be right there, as a sentence. */
  message: string;
}

class Fault extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** The first fault of a text that `JSON.parse` refused. It only looks for the fault and makes no values. */
export function jsonFault(text: string): JsonFault {
  let at = 0;
  const here = () => (at >= text.length ? "the file ends" : `${shown(text, at)} stands`);
  const fail = (expected: string): never => {
    throw new Fault(at, `${expected} is expected where ${here()}.`);
  };
  const blank = () => {
    while (/^[ \t\n\r]$/.test(text[at] ?? "")) at += 1;
    if (text[at] === "/" || text[at] === "#") throw new Fault(at, "JSON has no comments: leave this one out.");
  };
  const next = (sign: string) => {
    if (text[at] !== sign) return false;
    at += 1;
    blank();
    return true;
  };
  const list = (close: string, member: () => void) => {
    at += 1;
    blank();
    if (next(close)) return;
    for (;;) {
      member();
      if (next(close)) return;
      const comma = at;
      if (!next(",")) fail(`A comma or ${close}`);
      if (text[at] === close) throw new Fault(comma, `There is a comma too many before ${close}.`);
    }
  };
  const string = () => {
    const [whole = ""] = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/.exec(text.slice(at)) ?? [];
    const end = at + whole.length;
    if (text[end] !== '"') {
      if (text[end] === "\\") throw new Fault(end, 'A backslash is written twice in JSON: "C:\\\\data", say.');
      throw new Fault(at, "This text has no end: its closing quotation mark is missing.");
    }
    at = end + 1;
    blank();
  };
  const value = () => {
    const sign = text[at];
    if (sign === "{") return list("}", member);
    if (sign === "[") return list("]", value);
    if (sign === '"') return string();
    const [word = ""] = /^[^\s,\]}:]*/.exec(text.slice(at, at + 100)) ?? [];
    if (!/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(word)) {
      const meant = { True: "true", False: "false", None: "null", NaN: "null", undefined: "null" }[word];
      if (meant) throw new Fault(at, `JSON knows no ${word}: write ${meant}.`);
      if (sign === "'") throw new Fault(at, 'Texts stand in double quotation marks: "like this".');
      if (/^[-+.\d]/.test(word)) throw new Fault(at, `${JSON.stringify(word)} is no number of JSON: 0.5 or 1e-3, say.`);
      fail("A value");
    }
    at += word.length;
    blank();
  };
  const member = () => {
    if (text[at] === "'") throw new Fault(at, 'Names stand in double quotation marks: "like this".');
    if (text[at] !== '"') fail('A name in double quotation marks, "video" say,');
    string();
    if (!next(":")) fail("A colon after the name");
    value();
  };
  try {
    blank();
    value();
    if (at < text.length) fail("The end of the file");
  } catch (fault) {
    if (fault instanceof Fault) return { ...placeOf(text, fault.at), message: fault.message };
  }
  return { line: 1, column: 1, message: "It is nested too deep." };
}

function shown(text: string, at: number): string {
  const [word = ""] = /^(?:[\p{L}\p{N}_]+|.)/su.exec(text.slice(at, at + 20)) ?? [];
  return JSON.stringify(word);
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
