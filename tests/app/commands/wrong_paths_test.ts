/** Every flag that takes a path, given what it cannot use: one line says which, why, and what to do. */
import assert from "node:assert/strict";
import { writeSafetensors } from "../../../weights/safetensors.ts";
import { graft } from "../../tasks/graft.ts";

const NO_FILE = /there is no such file: check the path/;
const FOLDER = /is a folder: name/;
const NO_WEIGHTS = /is no file of weights: known are/;
const NAMED = ["--model=mobilenet_v2", "--classes=a,b"];
const STORE_IN_PHOTOS = /the store .* lies in the folder of photos .*: give --store a folder outs/;
const IN_DEV = /is "\/dev\/nowhere", which lies in \/dev, where Deno lets no step read .*: name a/;
const STORE_IS_FILE = /--store is ".*text", which is a file: name a folder/;

/** `text` is a file, `empty` one of no bytes, `bare.safetensors` says nothing of itself, `folder` a folder, `nowhere` nothing. */
const CASES: [string[], RegExp][] = [
  ...["plan", "predict x.png", "export --format=onnx", "serve --port=0"].flatMap((command) => {
    const given = (weights: string) => [...command.split(" "), `--weights=${weights}`];
    // What is trained takes the classes of its photos.
    const named = command === "plan" ? NAMED.slice(0, 1) : NAMED;
    return [
      [given("nowhere"), NO_FILE],
      [[...given("nowhere"), ...named], NO_FILE],
      [given("folder"), FOLDER],
      [[...given("folder"), ...named], FOLDER],
      [given("empty"), NO_WEIGHTS],
      [given("text"), NO_WEIGHTS],
      [given("bare.safetensors"), /--weights needs --model, one of/],
    ] as [string[], RegExp][];
  }),
  ...["run", "plan", "why evaluate"].flatMap((command) => {
    const given = (data: string) => [...command.split(" "), `--data=${data}`, "--backend=wasm"];
    return [
      [given("nowhere"), /--data is ".*nowhere", but there is no such folder: check the path/],
      [given("nowhere.zip"), NO_FILE],
      [given("empty.zip"), /--data is ".*empty\.zip", which is empty: zip .* again/],
      [given("folder.zip"), FOLDER],
      [given("text"), /--data is ".*text", which is a file: name the folder/],
      [given("folder"), /--data is ".*folder", which is empty: put .* such as .*folder\/cats/],
    ] as [string[], RegExp][];
  }),
  [["predict", "x.png", "--weights=text", "--model=resnet18", "--classes=nowhere"], NO_FILE],
  [["predict", "x.png", "--grid=nowhere/x.png"], /--grid .* is no folder: make it first/],
  [["predict", "x.png", "--grid=folder"], FOLDER],
  [["predict", "x.png", "--explain=folder"], FOLDER],
  [["predict", "https://example.com/x.jpg"], /takes files, not addresses: download https/],
  [["predict", "folder"], /folder is a folder without photos/],
  [["inspect", "nowhere.zip"], NO_FILE],
  [
    ["inspect", "nowhere"],
    /is ".*nowhere", but there is no such folder: check the path, or try it/,
  ],
  [["inspect", "text"], /is ".*text", which is a file: name the folder of photos, or a \.zip/],
  [["inspect", "folder", "--grid=folder"], FOLDER],
  [["inspect", "ftp://x"], /"ftp:\/\/x" is no source of photos: give auto/],
  [["export", "--format=tfjs", "--out=text"], /--out is ".*text", which is a file: name a folder/],
  ...["plan", "runs", "gc", "verify", "report", "predict x.png"].map((command) =>
    [[...command.split(" "), "--store=text"], STORE_IS_FILE] as [string[], RegExp]
  ),
  ...["folder/.graft", "folder", "folder/more/deep"].map((store) =>
    [["plan", "--data=folder", `--store=${store}`], STORE_IN_PHOTOS] as [string[], RegExp]
  ),
  ...Deno.build.os === "windows" ? [] : [
    [["plan", "--data=/dev/nowhere"], IN_DEV],
    [["plan", "--store=/dev/nowhere"], IN_DEV],
    [["plan", "--weights=/dev/null", "--model=resnet18"], /which is a pipe or a device/],
  ] as [string[], RegExp][],
  [["plan", "--store-from=text"], /--store-from is ".*text", which is no folder/],
  [["plan", "--store-from=ftp://me:hidden@h/x"], /--store-from: a store cannot be at .* ftp:\/\//],
  [["plan", "--store-from=s3://a_!/x"], /--store-from: "a_!" is no name of a bucket/],
  [
    ["run", "--share=folder"],
    /--share is "folder", which is not written to: name s3:.*by --store$/m,
  ],
  [
    ["run", "--share=https://me:hidden@h/x"],
    /--share is "https:\/\/h\/x", which is not written to/,
  ],
];

Deno.test("a path that cannot be used is refused in one line, without a stack trace", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/folder/below`, { recursive: true });
  await Deno.mkdir(`${folder}/folder.zip`);
  await Deno.writeTextFile(`${folder}/text`, "neither photo nor weights");
  await Deno.writeTextFile(`${folder}/empty`, "");
  await Deno.writeTextFile(`${folder}/empty.zip`, "");
  await writeSafetensors(`${folder}/bare.safetensors`, new Map());
  const check = async ([args, message]: [string[], RegExp]) => {
    const store = args.some((arg) => arg.startsWith("--store=")) ? [] : ["--store=store"];
    const { code, stdout, stderr } = await graft([...args, ...store], { cwd: folder });
    const what = `${args.join(" ")}: ${code} ${stderr}`;
    const names = args[0] === "inspect" || args.some((arg) => arg.startsWith("--data"));
    assert.ok(code === 2 || code === 1 && !names, what);
    assert.match(stderr, message, what);
    assert.doesNotMatch(stderr, /^\s+at |hidden/m, what);
    assert.equal(stderr.split("\n").filter((line) => line.startsWith("graft: ")).length, 1, what);
    assert.equal(stdout, "", what);
  };
  // Each is a process of its own: two at a time.
  const left = CASES.values();
  const work = async () => {
    for (const one of left) await check(one);
  };
  await Promise.all([work(), work()]);
  await Deno.remove(folder, { recursive: true });
});
