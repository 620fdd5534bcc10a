import assert from "node:assert/strict";
import { formatGroupRule, parseGroupRule } from "../../../data/sources/group_rule.ts";

Deno.test("the ways to group photos are read, and shown as they are typed", () => {
  for (const text of ["folder", "regex:^(\\w+)_", "exif-time:5", "exif-time:0.5"]) {
    assert.equal(formatGroupRule(parseGroupRule(text)), text);
  }
  assert.deepEqual(parseGroupRule("exif-time"), { kind: "exif-time", seconds: 60 });
});

for (
  const text of ["", "folders", "regex:", "regex", "exif-time:", "exif-time:soon", "exif-time:-1"]
) {
  Deno.test(`"${text}" is refused with what can be said instead`, () => {
    assert.throws(
      () => parseGroupRule(text),
      /give folder, regex:PATTERN .*, exif-time, or exif-time:SECONDS/,
    );
  });
}

Deno.test("a pattern that is none is refused with what is wrong with it", () => {
  assert.throws(
    () => parseGroupRule("regex:(a"),
    /"\(a" is no regular expression \(.*[Uu]nterminated/,
  );
});
