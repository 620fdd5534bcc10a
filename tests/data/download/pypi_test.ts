import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { UnavailableError, WrongContentError } from "../../../data/download/errors.ts";
import { pythonNames } from "../../../data/download/pip.ts";
import {
  formatPypiSpec,
  obtainWheel,
  parsePypiSpec,
  sameRelease,
} from "../../../data/download/pypi.ts";
import { namesIn, tempFolder } from "./temp_folder.ts";

const digest = createHash("sha256").update("a wheel").digest("hex");
const file = "some_ants-1.2-py3-none-any.whl";
const pinned = { name: "some-ants", version: "1.2", file, sha256: digest };
const ignore = Deno.build.os === "windows";
if (ignore) {
  console.log("pypi: the stand-ins for Python are shell scripts, which Windows cannot run");
}

/**
 * A program that answers as `python -m pip` does: it notes its arguments in `folder/arguments` and
 * runs `script` with $DEST set.
 */
function fakePython(folder: string, script: string, version = "25.0"): string {
  const path = join(folder, "fake_python");
  Deno.writeTextFileSync(
    path,
    `#!/bin/sh
if [ "$3" = --version ]; then echo "pip ${version} from somewhere"; exit; fi
echo "$@" > ${folder}/arguments
while [ "$1" != --dest ]; do shift; done
DEST=$2
${script}
`,
    { mode: 0o755 },
  );
  return path;
}

Deno.test("a spec is a name with or without an exact version", () => {
  assert.deepEqual(parsePypiSpec("pypi:elpv-dataset"), { name: "elpv-dataset" });
  assert.deepEqual(parsePypiSpec("pypi:A_b.c==1.0.post1+x"), {
    name: "A_b.c",
    version: "1.0.post1+x",
  });
  for (
    const wrong of [
      "pypi:",
      "elpv",
      "pypi:a>=1",
      "pypi:-r",
      "pypi:--x",
      "pypi:a b",
      "pypi:a==",
      "pypi:https://x/a.whl",
      "pypi:../a",
      "pypi:a==-r",
    ]
  ) {
    assert.throws(() => parsePypiSpec(wrong), /write pypi:NAME or pypi:NAME==VERSION/, wrong);
  }
});

Deno.test("names are equal as PEP 503 says", () => {
  assert.equal(formatPypiSpec({ name: "Some_Ants", version: "1" }), "pypi:some-ants==1");
  assert.ok(sameRelease({ name: "some.ants" }, pinned));
  assert.ok(sameRelease({ name: "SOME-ants", version: "1.2" }, pinned));
  assert.ok(!sameRelease({ name: "some-ants", version: "1.3" }, pinned));
  assert.ok(!sameRelease({ name: "ants" }, pinned));
});

Deno.test("pip is asked for the wheel alone, and the wheel is kept", { ignore }, async () => {
  using folder = tempFolder();
  const python = fakePython(folder.path, `printf 'a wheel' > $DEST/${file}`);
  const downloads = join(folder.path, "downloads");
  const places = { downloads, pythons: ["no-such-python", python] };
  const expected = { path: join(downloads, file), sha256: digest, version: "1.2" };
  assert.deepEqual(await obtainWheel({ name: "Some_Ants" }, places), expected);
  const said = Deno.readTextFileSync(join(folder.path, "arguments"));
  assert.match(said, /^-m pip download --no-deps --only-binary=:all: .*--dest \S+ some-ants\n$/);
  assert.deepEqual(namesIn(downloads), [file]);

  Deno.removeSync(python); // a pinned wheel that is there needs no pip
  assert.deepEqual(await obtainWheel(pinned, places), expected);
});

Deno.test("newer pips tell their progress", { ignore }, async () => {
  using folder = tempFolder();
  const script = `echo 'Progress 5 of 7'; echo 'Progress 7 of 7'; printf 'a wheel' > $DEST/${file}`;
  for (const [version, expected] of [["24.1", [0, 5, 7]], ["23.2.1", [0, 5, 7]]] as const) {
    const python = fakePython(folder.path, script, version);
    const done: number[] = [];
    const downloads = join(folder.path, version);
    await obtainWheel({ name: "some-ants" }, {
      downloads,
      pythons: [python],
      progress: (event) => done.push(event.done),
    });
    assert.deepEqual(done, expected);
    const bar = version === "24.1" ? "--progress-bar=raw" : "--progress-bar=off";
    assert.ok(Deno.readTextFileSync(join(folder.path, "arguments")).includes(bar));
  }
});

Deno.test("a wheel with another hash than the pinned one is not kept", { ignore }, async () => {
  using folder = tempFolder();
  const python = fakePython(folder.path, `printf 'not a wheel' > $DEST/${file}`);
  const downloads = join(folder.path, "downloads");
  await assert.rejects(obtainWheel(pinned, { downloads, pythons: [python] }), (error: Error) => {
    assert.ok(error instanceof WrongContentError);
    assert.ok(error.message.includes(file) && error.message.includes(digest), error.message);
    return true;
  });
  assert.deepEqual(namesIn(downloads), []);
});

Deno.test(
  "pip is ended when it brings more than is allowed, and nothing is kept",
  { ignore },
  async () => {
    const stall = "while true; do sleep 0.1; done";
    const ways = {
      "beside its destination":
        `mkdir $TMPDIR/unpack; printf '%05000d' 1 > $TMPDIR/unpack/part; ${stall}`,
      "at once": `printf '%05000d' 1 > $DEST/${file}`,
      "as it says": `echo 'Progress 0 of 5000'; ${stall}`,
    };
    for (const [way, script] of Object.entries(ways)) {
      using folder = tempFolder();
      const python = fakePython(folder.path, script);
      const downloads = join(folder.path, "downloads");
      await assert.rejects(
        obtainWheel({ name: "some-ants" }, { downloads, pythons: [python], most: 4000 }),
        (error: Error) => {
          assert.ok(error instanceof WrongContentError, way);
          assert.match(error.message, /some-ants (has 5|sends more than).* 4 kB .*--max-download/);
          return true;
        },
      );
      assert.deepEqual(namesIn(downloads), [], way);
    }
  },
);

Deno.test("what pip said when it failed is in the message", { ignore }, async () => {
  using folder = tempFolder();
  const python = fakePython(folder.path, `echo 'ERROR: No matching distribution' >&2; exit 1`);
  const downloads = join(folder.path, "downloads");
  await assert.rejects(obtainWheel(pinned, { downloads, pythons: [python] }), (error: Error) => {
    assert.ok(error instanceof UnavailableError);
    assert.match(error.message, /download some-ants==1\.2 failed:\nERROR: No matching/);
    return true;
  });
  assert.deepEqual(namesIn(downloads), []);
});

Deno.test("without Python or pip, the message says what to install or to do instead", async () => {
  using folder = tempFolder();
  const pythons = ["no-such-python"];
  await assert.rejects(
    obtainWheel({ name: "some-ants" }, { downloads: folder.path, pythons }),
    /pypi:some-ants is fetched with pip, and no-such-python .*Install Python.*GRAFT_MIRROR/s,
  );
  assert.deepEqual(pythonNames, ["python3", "python"]);
});

Deno.test("the mirror folder is looked at first, by the wheel's name", async () => {
  using folder = tempFolder();
  const path = join(folder.path, file);
  Deno.writeTextFileSync(path, "a wheel");
  const places = { downloads: join(folder.path, "none"), mirror: folder.path, pythons: [] };
  const expected = { path, sha256: digest, version: "1.2" };
  assert.deepEqual(await obtainWheel(pinned, places), expected);
  assert.deepEqual(await obtainWheel({ name: "some.ants" }, places), expected);
  assert.deepEqual(await obtainWheel({ name: "some.ants", version: "1.2" }, places), expected);
  await assert.rejects(
    obtainWheel({ name: "some.ants", version: "1.3" }, places),
    UnavailableError,
  );

  Deno.writeTextFileSync(join(folder.path, "some_ants-1.3-py3-none-any.whl"), "newer");
  await assert.rejects(obtainWheel({ name: "some-ants" }, places), /several wheels.*==VERSION/);
  Deno.writeTextFileSync(path, "damaged");
  await assert.rejects(obtainWheel(pinned, places), WrongContentError);
});
