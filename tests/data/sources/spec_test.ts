import assert from "node:assert/strict";
import { sourceNeeds } from "../../../data/sources/needs.ts";
import { formatSource, parseSource, type SourceSpec } from "../../../data/sources/spec.ts";

const cases: [string, SourceSpec, string?][] = [
  ["auto", { kind: "auto" }],
  ["hymenoptera", { kind: "hymenoptera" }],
  ["./photos", { kind: "folder", path: "./photos" }],
  ["my photos/2024", { kind: "folder", path: "my photos/2024" }],
  ["C:\\photos", { kind: "folder", path: "C:\\photos" }],
  ["./auto", { kind: "folder", path: "./auto" }],
  ["a/b.zip", { kind: "zip", path: "a/b.zip" }],
  ["A.ZIP", { kind: "zip", path: "A.ZIP" }],
  ["a/b.tar", { kind: "tar", path: "a/b.tar" }],
  ["b.TAR.GZ", { kind: "tar", path: "b.TAR.GZ" }],
  ["b.tgz", { kind: "tar", path: "b.tgz" }],
  ["some-1.0-py3-none-any.whl", { kind: "zip", path: "some-1.0-py3-none-any.whl" }],
  ["https://host/a.zip?x=1", { kind: "url", url: "https://host/a.zip?x=1" }],
  ["http://u:p@host/a", { kind: "url", url: "http://u:p@host/a" }, "http://host/a"],
  ["pypi:elpv-dataset", { kind: "pypi", name: "elpv-dataset" }],
  ["pypi:a==1.0", { kind: "pypi", name: "a", version: "1.0" }],
];

for (const [text, spec, shown = text] of cases) {
  Deno.test(`"${text}" is read as ${spec.kind} and shown without secrets`, () => {
    assert.deepEqual(parseSource(text), spec);
    assert.equal(formatSource(spec), shown);
  });
}

Deno.test("what is no source is refused, with what may be written", () => {
  for (const text of ["", "ftp://host/a.zip", "file:///a.zip", "hf:ants"]) {
    assert.throws(() => parseSource(text), /is no source of photos: give auto, hymenoptera/, text);
  }
  assert.throws(() => parseSource("pypi:a>=1"), /write pypi:NAME/);
});

Deno.test("each source says what it must be allowed", () => {
  const needs = (text: string, mirror?: string) => {
    const { read, net, run } = sourceNeeds(parseSource(text), mirror);
    return { read, net, run };
  };
  const pytorch = ["download.pytorch.org"];
  const pythons = ["python3", "python"];
  assert.deepEqual(needs("auto", "/m"), { read: ["/m"], net: pytorch, run: pythons });
  assert.deepEqual(needs("hymenoptera"), { read: [], net: pytorch, run: [] });
  assert.deepEqual(needs("photos", "/m"), { read: ["/m", "photos"], net: [], run: [] });
  assert.deepEqual(needs("a.tar").read, ["a.tar"]);
  assert.deepEqual(needs("a.zip"), { read: ["a.zip"], net: [], run: [] });
  assert.deepEqual(needs("https://host/a.zip"), { read: [], net: true, run: [] });
  assert.deepEqual(needs("pypi:a"), { read: [], net: [], run: pythons });
  assert.ok(sourceNeeds(parseSource("pypi:a")).environment.includes("PIP_*"));
  assert.deepEqual(sourceNeeds(parseSource("photos")).environment, []);
});
