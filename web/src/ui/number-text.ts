/** `why`: a sentence for people; null: it is no number at all. */
export type NumberText = { value: number } | { why: string | null };

/** Signs of input methods and other scripts, by what they are here. */
const SIGNS: Readonly<Record<string, string>> = {
  "−": "-",
  "－": "-",
  "＋": "+",
  "．": ".",
  "，": ",",
  "٫": ".",
  "’": "'",
};
/** The zeros of digits that follow each other: full width, Arabic, Persian, Devanagari. */
const ZEROS = [0xff10, 0x0660, 0x06f0, 0x0966];

function western(text: string): string {
  return Array.from(text, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    const zero = ZEROS.find((start) => code >= start && code < start + 10);
    return zero === undefined ? (SIGNS[sign] ?? sign) : String(code - zero);
  }).join("");
}

/** "500 ms" as its number and its unit; null: it does not begin with a number, or goes on as one. */
export function splitUnit(text: string): { number: string; unit: string } | null {
  const match = /^([+-]?[\d.,'\s]*\d[.,]?(?:e[+-]?\d+)?)\s*([^\d.,'\s+-].*)?$/iu.exec(western(text.trim()));
  return match ? { number: match[1] ?? "", unit: match[2] ?? "" } : null;
}

/**
 * One number, as people all over the world type it. A comma is a decimal sign and never one of thousands: "0,108" is 0.108.
 * Where it could be either ("1,500"), and where comma and point stand together, nobody guesses. Thousands may be set apart
 * by spaces or apostrophes, which mean nothing else.
 */
export function parseNumber(text: string): NumberText {
  const given = western(text.trim()).replaceAll(/\s/g, " ");
  const plain = given.replace(/^[+-]?[1-9]\d{0,2}(?:([ '])\d{3})(?:\1\d{3})*(?=$|[.,e])/i, (grouped) =>
    grouped.replaceAll(/[ ']/g, ""),
  );
  if (/,.*\.|\..*,/.test(plain))
    return { why: `“${text}” has a comma and a point: write thousands without a sign between them.` };
  if (/^[+-]?\d+(,\d{3}){2,}$/.test(plain))
    return { why: `Write “${text}” without commas: ${plain.replaceAll(",", "")}.` };
  if (/^[+-]?[1-9]\d{0,2},\d{3}(e[+-]?\d+)?$/i.test(plain))
    return { why: `“${text}” could be ${plain.replace(",", ".")} or ${plain.replace(",", "")}: write one of them.` };
  const pointed = plain.replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(pointed)) return { why: null };
  const value = Number(pointed);
  return Number.isFinite(value) ? { value } : { why: `“${text}” is larger than any number here.` };
}
