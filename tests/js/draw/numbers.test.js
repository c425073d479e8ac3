// Numbers as people read them; that Python writes them alike is compared in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { count, fixed, percent, plain, short, tidy } from "../../../assets/draw/numbers.js";

test("a minus is a minus, thousands stand apart, nothing has no sign", () => {
  assert.equal(count(-1234567), "−1,234,567");
  assert.equal(fixed(-0.0001, 2), "0.00");
  assert.equal(plain(0.000012345), "1.23\u00a0·\u00a010⁻⁵");
  assert.equal(short(1.5), "1.5");
  assert.equal(tidy(null), "missing");
  assert.equal(tidy("a"), "a");
});

test("whatever is written reads as the number it was, to the digits shown", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647; // Park and Miller's
    return seed / 2147483647;
  };
  for (let i = 0; i < 2000; i += 1) {
    const value = (random() - 0.5) * 10 ** (12 * random() - 6);
    const [mantissa, power = "0"] = plain(value, 4).replaceAll(",", "").replace("−", "-").split("\u00a0·\u00a010");
    const read = Number(mantissa) * 10 ** Number(power.replace("⁻", "-").replace(/[⁰¹²³⁴-⁹]/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit)));
    // Whole numbers have all their digits, others four.
    assert.ok(Math.abs(read - value) <= 5.1e-4 * Math.abs(value), `${value} is written ${plain(value, 4)}`);
  }
});

test("no share is written as all or nothing that is not", () => {
  for (const share of [0.99999, 0.9999, 0.9951, 1 - 1e-6]) assert.notEqual(parseFloat(percent(share)), 100, percent(share));
  for (const share of [1e-9, 4e-4]) assert.match(percent(share), /^<\u00a00.1/);
  assert.equal(percent(1), "100\u00a0%");
  assert.equal(percent(0), "0\u00a0%");
});

test("what is no number is a dash", () => {
  for (const write of [count, plain, short, percent]) for (const value of [NaN, Infinity, undefined]) assert.equal(write(value), "–");
});
