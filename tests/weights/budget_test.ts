/** Small files that ask for more than a computer has: each is refused by name, and at once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readMetadata } from "../../weights/metadata.ts";
import { unpickle } from "../../weights/pickle.ts";
import { PickleBudget } from "../../weights/pickle_budget.ts";
import { PickleError } from "../../weights/pickle_machine.ts";
import { readStateDict } from "../../weights/read.ts";
import { stateDictViews } from "../../weights/state_dict.ts";
import { type Tensor, WeightsError } from "../../weights/tensor.ts";
import { torchGlobal } from "../../weights/torch_globals.ts";
import { makeZip } from "../data/download/make_zip.ts";
import { tempFolder } from "../data/download/temp_folder.ts";
import { checkpoint, FC, latin1, TorchTensor, zipOf } from "./checkpoint.ts";

/** What refusing may cost. Ten times what it takes, on a computer that is busy with other tests. */
const MOST_SECONDS = 10, MOST_MEMORY = 600 << 20;

async function refused(bytes: Uint8Array, message: RegExp) {
  using folder = tempFolder();
  const path = join(folder.path, "hostile.pth");
  Deno.writeFileSync(path, bytes);
  const [before, memory] = [performance.now(), Deno.memoryUsage().rss];
  await assert.rejects(readStateDict(path), (error: Error) => {
    assert.ok(error instanceof WeightsError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.includes("hostile.pth"), error.message);
    assert.ok(error.message.length < 1000, `${error.message.length} characters`);
    return true;
  });
  const seconds = (performance.now() - before) / 1000;
  assert.ok(seconds < MOST_SECONDS, `${seconds} s`);
  const taken = Deno.memoryUsage().rss - memory;
  assert.ok(taken < MOST_MEMORY, `${taken} bytes`);
}

const MORE_OBJECTS = /makes more objects than any file of weights of its size does/;
const repeated = (before: string, text: string, times: number, after = ".") => {
  const [start, middle, end] = [before, text, after].map(latin1);
  const bytes = new Uint8Array(start.length + middle.length * times + end.length);
  bytes.set(start);
  for (let i = 0; i < times; i++) bytes.set(middle, start.length + i * middle.length);
  bytes.set(end, bytes.length - end.length);
  return bytes;
};
/** A list of 20,000 numbers, memoised as 1; then `text` so many times. */
const withList = (text: string, times: number) =>
  repeated(
    `\x80\x02cbuiltins\nset\nq\x02](${"J\x01\x02\x03\x04".repeat(20_000)}eq\x01(`,
    text,
    times,
    "t.",
  );

for (
  const [what, pickle] of [
    ["marks", repeated("\x80\x02", "(", 5_000_000)],
    ["empty sets", repeated("\x80\x04(", "\x8f", 5_000_000, "t.")],
    ["empty dicts", repeated("\x80\x02(", "}", 5_000_000, "t.")],
    ["numbers", repeated("\x80\x02(", "K\x01", 5_000_000, "t.")],
    ["memo entries", repeated("\x80\x04N", "\x94", 5_000_000)],
    ["nested tuples", repeated("\x80\x02N", "\x85", 5_000_000)],
    ["text", repeated("\x80\x02X\x00\x00\x00\x03", "a", 0x3000000)],
  ] as const
) {
  Deno.test(`a zip that inflates to millions of ${what} is refused before`, async () => {
    await refused(zipOf(pickle), /its data\.pkl is too large for weights, or inflates to too much/);
  });
  Deno.test(`millions of ${what} are refused where they are not deflated, too`, () => {
    const run = () =>
      unpickle(
        pickle,
        { global: torchGlobal, persistent: () => null },
        0,
        new PickleBudget(100_000),
      );
    assert.throws(
      run,
      (error: Error) => error instanceof PickleError && MORE_OBJECTS.test(error.message),
    );
  });
}

for (
  const [what, pickle, message] of [
    ["sets of one list", withList("h\x02h\x01\x85R", 20_000), MORE_OBJECTS],
    ["calls with a list for arguments", withList("h\x02h\x01R", 20_000), /with 20000 arguments/],
    [
      "tensors of 20,000 axes",
      withList(
        "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000NK\x01tQK\x00h\x01h\x01tR",
        1,
      ),
      /more than 64 axes/,
    ],
    // Each list holds the one before it twice: as text, 2^40 characters.
    [
      "a global whose name is a list",
      repeated("\x80\x04Nq\x01", "0(h\x01h\x01tq\x01", 40, "h\x01\x93."),
      /a name is no text/,
    ],
    [
      "an unknown global of a million letters",
      repeated("\x80\x02cos\n", "a", 1_000_000, "\n."),
      /needs os\.a{90,97}….*refused/,
    ],
  ] as const
) {
  Deno.test(`a pickle with ${what} is refused, in a zip and alone`, async () => {
    await refused(zipOf(pickle), message);
    await refused(pickle, message);
  });
}

Deno.test("a legacy file whose pickle does not end is refused", async () => {
  await refused(repeated("\x80\x02N", "0N", 20_000_000), MORE_OBJECTS);
});

Deno.test("containers that hold themselves or one another endlessly are searched once", () => {
  const self = new Map<string, unknown>();
  self.set("state_dict", self).set("model", [self]);
  assert.throws(() => stateDictViews(self), /no state dict \(only state_dict, model\)/);
  let list: unknown = [];
  for (let i = 0; i < 60; i++) list = [list, list];
  assert.throws(() => stateDictViews(new Map([[list, list]])), /no state dict \(only …\)/);
});

Deno.test("tensors of many names are read, and half a million bytes of honest pickle besides", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`layer${i}.weight`, new TorchTensor([1], [i])]),
  );
  const history = Array.from({ length: 50_000 }, (_, i) => i / 3);
  using folder = tempFolder();
  const path = join(folder.path, "a.pth");
  Deno.writeFileSync(path, checkpoint({ model: many, history, epoch: FC }));
  const tensors: Map<string, Tensor> = await readStateDict(path);
  assert.equal(tensors.size, 500);
  assert.equal(tensors.get("layer499.weight")!.data[0], 499);
});

Deno.test("records beside the weights are read as far as they fit into the memory meant for them", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.pth");
  const spaces = new Uint8Array(17 << 20).fill(0x20);
  const records: [string, string | Uint8Array][] = [["a", spaces], ["b", spaces], ["graft", "{}"]];
  const parts = records.map(([name, content]) => ({
    name: `m/${name}.json`,
    content,
    deflate: true,
  }));
  Deno.writeFileSync(path, makeZip(parts));
  const read = await readMetadata(path);
  assert.deepEqual(Object.entries(read).map(([name, text]) => [name, text.length]), [
    ["a", 17 << 20],
    ["graft", 2],
  ]);
});

/** A protobuf field of bytes. */
const field = (id: number, bytes: Uint8Array) =>
  Uint8Array.from([id << 3 | 2, ...varint(bytes.length), ...bytes]);
const varint = (n: number): number[] => n < 128 ? [n] : [n & 127 | 128, ...varint(n >>> 7)];
Deno.test("an ONNX file of empty tensors, endless axes or groups is refused", async () => {
  const file = (graph: Uint8Array) => {
    const head = Uint8Array.from([8, 8, 7 << 3 | 2, ...varint(graph.length)]);
    const bytes = new Uint8Array(head.length + graph.length);
    bytes.set(head);
    bytes.set(graph, head.length);
    return bytes;
  };
  await refused(file(repeated("", "\x2a\x00", 5_000_000, "")), /more than 100000 tensors/);
  const dims = repeated("", "\x01", 100_000, "");
  await refused(file(field(5, field(1, dims))), /more than 64 axes/);
  await refused(file(repeated("", "\x0b", 1_000_000, "")), /no whole ONNX file .*wire type 3/);
});

/** A safetensors file whose header is `text`. */
function safetensors(text: string): Uint8Array {
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  new TextEncoder().encodeInto(text, bytes.subarray(8));
  return bytes;
}

Deno.test("a safetensors header of too many parts, levels or bytes is refused", async () => {
  const parts = `{"a":[${"0,".repeat(1 << 21)}0]}`;
  await refused(safetensors(parts), /its header has more parts than tensors need/);
  await refused(safetensors(`{"a":${"[".repeat(100_000)}`), /lists in lists/);
  await refused(safetensors(`{${" ".repeat(33 << 20)}}`), /has 34603010 bytes, more than any file/);
  await refused(safetensors(`[]`.padEnd(20)), /no file of weights/);
});
