// Dates of a column, told as days since the beginning of 1970.
import assert from "node:assert/strict";
import { test } from "node:test";
import { date, inField, isOfDays, outOfField } from "../../../assets/draw/dates.js";

test("a date is written as far as its column goes", () => {
  const noon = Date.UTC(2021, 2, 5, 12, 30) / 864e5;
  assert.equal(date(noon, "year"), "2021");
  assert.equal(date(noon, "month"), "2021-03");
  assert.equal(date(noon, "day"), "2021-03-05");
  assert.equal(date(noon, "minute"), "2021-03-05 12:30");
  assert.equal(date(NaN, "day"), "–");
});

test("what a field holds comes back as the day it was written from", () => {
  for (let day = -40000; day < 40000; day += 777) {
    assert.equal(outOfField(inField(day, "day")), day);
    assert.equal(outOfField(inField(day + 0.25, "minute")), day + 0.25);
  }
  assert.ok(isOfDays("month") && !isOfDays("second"));
});

test("the end of a range has its whole last day", () => {
  const start = outOfField("2021-03-05");
  const end = outOfField("2021-03-05", true);
  assert.ok(end > start + 0.99 && end < start + 1);
});

test("no date is no number", () => assert.ok(Number.isNaN(outOfField("today"))));
