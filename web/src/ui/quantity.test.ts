import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatForField } from "./format.ts";
import { FRAMES_A_SECOND, MICROMETRES, MILLISECONDS, parseQuantity, SECONDS, type QuantityRule } from "./quantity.ts";

const ms: QuantityRule = { unit: "ms", units: MILLISECONDS ?? {} };
const s: QuantityRule = { unit: "s", units: SECONDS ?? {} };
const um: QuantityRule = { unit: "µm", units: MICROMETRES ?? {}, above: 0 };
const fps: QuantityRule = { unit: "fps", units: FRAMES_A_SECOND ?? {} };
const px: QuantityRule = { unit: "px", integer: true };

describe("what is typed into a number field", () => {
  test.each<[string, QuantityRule, number]>([
    ["70", ms, 70],
    ["0.07 s", ms, 70],
    ["70000 us", ms, 70],
    ["500 ms", s, 0.5],
    ["0.5 s", ms, 500],
    ["0,5 s", ms, 500],
    ["2 min", s, 120],
    ["2min", s, 120],
    ["0,5 mm", um, 500],
    ["65 nm", um, 0.065],
    ["6.5 μm", um, 6.5],
    ["60/s", fps, 60],
    ["14,2857 Hz", fps, 14.2857],
    // A comma is a decimal point, however many digits follow it.
    ["0,108", um, 0.108],
    ["0,125", s, 0.125],
    ["0,10", um, 0.1],
    ["2,5", ms, 2.5],
    ["00,108", um, 0.108],
    [",108", um, 0.108],
    ["-0,000", ms, 0],
    ["1,2345", ms, 1.2345],
    ["1234,567", ms, 1234.567],
    ["1,5e3", ms, 1500],
    // Thousands are set apart by what means nothing else.
    ["1 234", px, 1234],
    ["1\u00a0234\u202f567", px, 1_234_567],
    ["1\u202f234,5", ms, 1234.5],
    ["1'234", px, 1234],
    ["1’234.5", ms, 1234.5],
    ["1e3", px, 1000],
    ["1.5E-3", s, 0.0015],
    ["+5", px, 5],
    ["5.", ms, 5],
    [".5", ms, 0.5],
    // Digits and signs of other scripts and of input methods.
    ["٣", px, 3],
    ["١٢٫٥", ms, 12.5],
    ["۱۹۲۰", px, 1920],
    ["１２．５", ms, 12.5],
    ["０，１０８", um, 0.108],
    ["9007199254740991", px, 9007199254740991],
  ])("%s", (typed, rule, value) => expect(parseQuantity(typed, rule)).toEqual({ value }));

  test.each<[string, QuantityRule, RegExp]>([
    ["", ms, /^Empty: type a number in ms/],
    [" ", ms, /^Empty/],
    ["abc", ms, /“abc” is not a number: type a number in ms \(or us, s\)/],
    ["70 px", ms, /“px” does not fit here: type a number in ms/],
    ["1.2.3", ms, /not a number: type a number in ms/],
    ["--3", ms, /not a number: type a number in ms/],
    ["1-2", ms, /not a number/],
    ["1/2", ms, /does not fit|not a number/],
    ["1/2", fps, /does not fit|not a number/],
    ["½", ms, /not a number/],
    ["10²", ms, /does not fit|not a number/],
    ["Infinity", ms, /not a number/],
    ["-Infinity", ms, /not a number/],
    ["NaN", ms, /not a number/],
    ["0x10", px, /does not fit|not a number/],
    ["1e400", ms, /larger than any number/],
    ["1e308 s", ms, /too large/],
    ["1e3.5", ms, /does not fit|not a number/],
    ["1 5", px, /not a number/],
    ["12 34", px, /not a number/],
    ["0 108", um, /not a number/],
    ["1 234'567", px, /not a number/],
    ["5 constructor", ms, /“constructor” does not fit/],
    ["5 __proto__", ms, /does not fit/],
    // It could be meant in two ways.
    ["1,500", ms, /“1,500” could be 1\.500 or 1500/],
    ["1,920", px, /“1,920” could be 1\.920 or 1920/],
    ["１，５００", ms, /could be 1\.500 or 1500/],
    ["1,234.5", ms, /a comma and a point/],
    ["1.234,5", ms, /a comma and a point/],
    ["1,234,567", px, /without commas: 1234567/],
    ["1.5", px, /not a whole number: type a whole number of px/],
    ["2,5", px, /not a whole number/],
    ["9007199254740993", px, /too large/],
    ["-3", px, /too small/],
    ["−5", px, /−5 is too small/],
    ["－５", ms, /too small/],
    ["0", um, /too small: type a number above 0/],
  ])("refuses %j and says what fits", (typed, rule, message) =>
    expect(parseQuantity(typed, rule)).toHaveProperty("message", expect.stringMatching(message)),
  );

  test("a negative number where one may be, with either minus", () => {
    for (const minus of ["-", "−", "－"])
      expect(parseQuantity(`${minus}5`, { unit: "", least: Number.NEGATIVE_INFINITY })).toEqual({ value: -5 });
  });

  test("what a field shows is read back as what it shows, and every digit of a count", () => {
    const any: QuantityRule = { unit: "", least: Number.NEGATIVE_INFINITY };
    const shownAgain = (value: number) => {
      const read = parseQuantity(formatForField(value), any);
      return "value" in read ? formatForField(read.value) : read.message;
    };
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(shownAgain(value)).toBe(formatForField(value + 0));
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), (count) => {
        expect(parseQuantity(formatForField(count), { unit: "", integer: true })).toEqual({ value: count });
      }),
    );
  });

  test("a decimal comma is never a thousand", () => {
    fc.assert(
      fc.property(fc.nat(99_999), fc.nat(9), fc.nat(9999), (whole, digits, rest) => {
        const decimals = String(rest).padStart(digits + 1, "0");
        const read = parseQuantity(`${whole},${decimals}`, ms);
        // Read as with a point, or refused.
        if ("value" in read) expect(read.value).toBe(Number(`${whole}.${decimals}`));
        else expect(read.message).toMatch(/could be/);
      }),
    );
  });
});
