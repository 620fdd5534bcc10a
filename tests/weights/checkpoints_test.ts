/** Files that people have: a state dict behind keys and prefixes, beside whatever training keeps. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { convertStateDict } from "../../weights/convert.ts";
import type { ParameterLayout } from "../../weights/parameter.ts";
import { readStateDict } from "../../weights/read.ts";
import { writeSafetensors } from "../../weights/safetensors.ts";
import { WeightsError } from "../../weights/tensor.ts";
import { makeZip } from "../data/download/make_zip.ts";
import { tempFolder } from "../data/download/temp_folder.ts";
import { checkpoint, FC, Python, TorchTensor } from "./checkpoint.ts";

const specs: ParameterLayout[] = [
  { name: "fc.weight", kind: "linear", shape: [2, 3] },
  { name: "fc.bias", kind: "vector", shape: [2] },
];

async function read(bytes: Uint8Array) {
  using folder = tempFolder();
  const path = join(folder.path, "weights.pth");
  Deno.writeFileSync(path, bytes);
  return await readStateDict(path);
}

const converted = async (value: unknown) =>
  convertStateDict(await read(checkpoint(value)), specs, "weights.pth");

/** `torch.load(FILE)` and the way to the state dict give these in torch; tfjs has them transposed. */
async function assertIsFc(value: unknown) {
  const parameters = await converted(value);
  assert.deepEqual(Array.from(parameters.get("fc.weight")!.data), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(Array.from(parameters.get("fc.bias")!.data), [0.5, -0.5]);
}

const scalar = new TorchTensor([], [0.25]);
const behind = (prefix: string, more: object = {}) => ({
  ...Object.fromEntries(Object.entries(FC).map(([name, tensor]) => [prefix + name, tensor])),
  ...more,
});
/** What Adam keeps of a layer: more tensors under names than the layer has itself. */
const optimizer = {
  state: new Map([[0, { step: scalar, exp_avg: FC["fc.weight"], exp_avg_sq: FC["fc.weight"] }]]),
  param_groups: [{ lr: 0.001, betas: [0.9, 0.999], params: [0, 1] }],
};

for (
  const [what, value] of [
    ["a loss that is a tensor", { epoch: 1, model_state_dict: FC, loss: scalar }],
    ["a best accuracy that is a tensor", { best_acc: scalar, state_dict: FC }],
    ["an optimiser with more tensors", { optimizer, model: FC }],
    ["class weights under the name weight", { weight: scalar, teacher: FC }],
    ["a moving average that comes first", { ema: behind("x."), model: FC }],
    ...["state_dict", "model_state_dict", "model", "net", "ema", "model_state", "weights", "module"]
      .map((key) => [`the key ${key}`, { [key]: FC, epoch: 3 }]),
    ["keys in keys", { checkpoint: { model: { state_dict: FC } } }],
    ["an unknown key", { whatever: FC }],
    ["a tuple", [FC, { epoch: 1 }]],
    ["a scheduler's Counter", { model: FC, x: new Python("collections.Counter", [{ 30: 1 }]) }],
    ["a device", { model: FC, x: new Python("torch.device", ["cuda", 0]) }],
    ["a dtype", { model: FC, x: new Python("torch.float32") }],
    ["a size", { model: FC, x: new Python("torch.Size", [[2, 3]]) }],
    ["a complex number", { model: FC, x: new Python("__builtin__.complex", [1, 2]) }],
    ["a complex tensor", { model: FC, x: new TorchTensor([1], [1, 2], "ComplexFloatStorage") }],
    ["a set", { model: FC, x: new Python("builtins.set", [[1, 2]]) }],
    ["bytes of protocol 2", { model: FC, x: new Python("_codecs.encode", ["a", "latin1"]) }],
    [
      "a defaultdict",
      { model: FC, x: new Python("collections.defaultdict", [new Python("builtins.list")]) },
    ],
    ["an OrderedDict", new Python("collections.OrderedDict", [Object.entries(FC)])],
    [
      "a number of NumPy",
      {
        model: FC,
        x: new Python("numpy._core.multiarray.scalar", [new Python("numpy.dtype", [])]),
      },
    ],
    ...["module.", "model.", "net.", "backbone.", "encoder.", "_orig_mod.", "module.model."]
      .map((prefix) => [`the prefix ${prefix}`, { state_dict: behind(prefix) }]),
    ["a prefix of four", behind("model.module._orig_mod.anything.")],
    ["a prefix, and a loss without it", behind("model.", { "criterion.weight": scalar })],
    ["a moving average behind a prefix", { ...behind("model."), ...behind("ema_model.") }],
    ["what a profiler counted", { ...FC, total_ops: scalar, "fc.total_params": scalar }],
  ] as [string, unknown][]
) {
  Deno.test(`weights are found beside or behind ${what}`, () => assertIsFc(value));
}

for (
  const [what, value, message] of [
    ["two models alike", { generator: FC, discriminator: FC }, /several.*generator, discriminator/],
    ["two prefixes alike", { ...behind("q."), ...behind("k.") }, /begin with q\., k\./],
    ["a prefix that fits in part", behind("model.", { "model.x": scalar }), /prefix "model\."/],
    ["nothing but numbers", { epoch: 1, best: 0.5 }, /no state dict \(only epoch, best\)/],
    ["a whole model", new Python("torchvision.models.resnet.ResNet", []), /resnet\.ResNet/],
  ] as [string, unknown, RegExp][]
) {
  Deno.test(`${what} are refused, and what there is is named`, async () => {
    await assert.rejects(converted(value), (error: Error) => {
      assert.ok(error instanceof WeightsError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /weights\.pth/);
      return true;
    });
  });
}

Deno.test("a prefix is dropped in safetensors as well", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.safetensors");
  const tensors = await read(checkpoint(FC));
  await writeSafetensors(path, new Map([...tensors].map(([name, t]) => [`model.${name}`, t])));
  const parameters = convertStateDict(await readStateDict(path), specs, path);
  assert.deepEqual(Array.from(parameters.get("fc.weight")!.data), [0, 3, 1, 4, 2, 5]);
});

Deno.test("programs of torch.export and TorchScript are called what they are", async () => {
  const zip = (...names: string[]) => makeZip(names.map((name) => ({ name: `a/${name}` })));
  await assert.rejects(
    read(zip("archive_format", "models/model.json", "data/weights/weight_0")),
    /weights\.pth: it is an exported program \(torch\.export, \.pt2\)/,
  );
  await assert.rejects(
    read(zip("data.pkl", "code/__torch__.py", "constants.pkl")),
    /weights\.pth: it is a TorchScript archive \(torch\.jit\.save\)/,
  );
});
