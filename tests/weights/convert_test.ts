import assert from "node:assert/strict";
import fc from "fast-check";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { findArchitecture } from "../../models/registry.ts";
import { convertStateDict, toTorchLayout } from "../../weights/convert.ts";
import type { ParameterLayout } from "../../weights/parameter.ts";
import { type Tensor, WeightsError } from "../../weights/tensor.ts";
import { unpickle } from "../../weights/pickle.ts";
import { stateDictViews } from "../../weights/state_dict.ts";
import { storageReference, torchGlobal } from "../../weights/torch_globals.ts";
import { OFFICIAL_PICKLE } from "./fixture.ts";

const specs: ParameterLayout[] = [
  { name: "conv.weight", kind: "conv", shape: [5, 3, 2, 4] },
  { name: "dw.weight", kind: "depthwise", shape: [6, 1, 3, 2] },
  { name: "bn.running_mean", kind: "vector", shape: [6] },
  { name: "fc.weight", kind: "linear", shape: [2, 7] },
  { name: "fc.bias", kind: "vector", shape: [2] },
];

/** Random values for parameters of the shapes given. */
function stateDictOf(
  shapes: readonly Pick<ParameterLayout, "name" | "shape">[],
): Map<string, Tensor> {
  return new Map(shapes.map(({ name, shape }, n): [string, Tensor] => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(n + i)));
    return [name, { dtype: "float32", shape: [...shape], data }];
  }));
}

Deno.test("each kind of parameter gets tfjs's layout", () => {
  const torch = stateDictOf(specs);
  const converted = convertStateDict(torch, specs);
  assert.deepEqual([...converted.keys()], specs.map(({ name }) => name));
  assert.deepEqual(converted.get("conv.weight")!.shape, [2, 4, 3, 5]);
  assert.deepEqual(converted.get("dw.weight")!.shape, [3, 2, 6, 1]);
  assert.deepEqual(converted.get("fc.weight")!.shape, [7, 2]);
  assert.deepEqual(converted.get("bn.running_mean")!.shape, [6]);

  const value = (name: string, at: number) => torch.get(name)!.data[at];
  const conv = converted.get("conv.weight")!.data;
  for (let o = 0; o < 5; o++) {
    for (let i = 0; i < 3; i++) {
      for (let h = 0; h < 2; h++) {
        for (let w = 0; w < 4; w++) {
          const torchIndex = ((o * 3 + i) * 2 + h) * 4 + w;
          assert.equal(conv[((h * 4 + w) * 3 + i) * 5 + o], value("conv.weight", torchIndex));
        }
      }
    }
  }
  const depthwise = converted.get("dw.weight")!.data;
  for (let c = 0; c < 6; c++) {
    for (let h = 0; h < 3; h++) {
      for (let w = 0; w < 2; w++) {
        assert.equal(depthwise[(h * 2 + w) * 6 + c], value("dw.weight", (c * 3 + h) * 2 + w));
      }
    }
  }
  const linear = converted.get("fc.weight")!.data;
  for (let o = 0; o < 2; o++) {
    for (let i = 0; i < 7; i++) assert.equal(linear[i * 2 + o], value("fc.weight", o * 7 + i));
  }
  assert.deepEqual(converted.get("fc.bias")!.data, torch.get("fc.bias")!.data);
});

Deno.test("toTorchLayout is the inverse of the conversion, for any shape", () => {
  const size = fc.integer({ min: 1, max: 5 });
  const spec = fc.oneof(
    fc.record({ kind: fc.constant("conv" as const), shape: fc.tuple(size, size, size, size) }),
    fc.record({
      kind: fc.constant("depthwise" as const),
      shape: fc.tuple(size, fc.constant(1), size, size),
    }),
    fc.record({ kind: fc.constant("linear" as const), shape: fc.tuple(size, size) }),
    fc.record({ kind: fc.constant("vector" as const), shape: fc.tuple(size) }),
  );
  fc.assert(fc.property(fc.array(spec, { maxLength: 5 }), (shapes) => {
    const named = shapes.map((spec, i) => ({ ...spec, name: `layer${i}.weight` }));
    const torch = stateDictOf(named);
    assert.deepEqual(toTorchLayout(convertStateDict(torch, named), named), torch);
  }));
});

Deno.test("float64 becomes float32, and num_batches_tracked is passed over", () => {
  const torch = stateDictOf(specs);
  torch.set("fc.bias", { dtype: "float64", shape: [2], data: new Float64Array([0.1, 0.2]) });
  torch.set("bn.num_batches_tracked", { dtype: "int64", shape: [], data: new BigInt64Array(1) });
  const { data } = convertStateDict(torch, specs).get("fc.bias")!;
  assert.deepEqual(data, new Float32Array([0.1, 0.2]));
});

Deno.test("integers where numbers are expected are refused", () => {
  const torch = stateDictOf(specs);
  torch.set("fc.bias", { dtype: "int32", shape: [2], data: new Int32Array(2) });
  assert.throws(() => convertStateDict(torch, specs, "a.pth"), /a\.pth: fc\.bias holds int32/);
});

const indexed = {
  name: "attn.index",
  kind: "vector",
  shape: [3],
  constant: [2, 0, 1],
} as const;

Deno.test("an index that nobody learned is checked, filled in, and int64 in torch's layout", () => {
  const torch = (values: bigint[]): Map<string, Tensor> =>
    new Map([
      ...stateDictOf(specs),
      ["attn.index", { dtype: "int64", shape: [3], data: BigInt64Array.from(values) }],
    ]);
  const all = [...specs, indexed];
  const converted = convertStateDict(torch([2n, 0n, 1n]), all);
  assert.deepEqual(converted.get("attn.index"), {
    shape: [3],
    data: new Float32Array([2, 0, 1]),
  });
  assert.deepEqual(toTorchLayout(converted, all), torch([2n, 0n, 1n]));
  assert.deepEqual(convertStateDict(stateDictOf(specs), all), converted);
  assert.throws(
    () => convertStateDict(torch([2n, 1n, 0n]), all, "a.pth"),
    /a\.pth: attn\.index holds other numbers than this model's: it was saved from another model/,
  );
  assert.throws(
    () =>
      convertStateDict(torch([2n, 0n]).set("attn.index", torch([2n, 0n, 1n]).get("fc.bias")!), all),
    /1 misshapen: attn\.index is \[2\], expected \[3\]/,
  );
});

Deno.test("what is missing, unexpected and misshapen is named and counted", () => {
  const torch = stateDictOf(specs);
  torch.delete("dw.weight");
  torch.set("fc.bias", { dtype: "float32", shape: [3], data: new Float32Array(3) });
  for (let i = 1; i <= 5; i++) torch.set(`extra${i}`, torch.get("fc.weight")!);
  assert.throws(() => convertStateDict(torch, specs, "a.pth"), (error: Error) => {
    assert.ok(error instanceof WeightsError);
    assert.equal(
      error.message,
      "a.pth does not fit the model. 1 missing: dw.weight. " +
        "5 unexpected: extra1, extra2, extra3, and 2 more. " +
        "1 misshapen: fc.bias is [3], expected [2]. " +
        "It may be of another architecture: choose the model that it was saved from",
    );
    return true;
  });
});

Deno.test("a head of another number of classes is recognised", () => {
  const torch = stateDictOf(
    specs.map((spec) =>
      spec.name.startsWith("fc.") ? { ...spec, shape: [1000, ...spec.shape.slice(1)] } : spec
    ),
  );
  assert.throws(
    () => convertStateDict(torch, specs),
    /2 misshapen: fc\.weight is \[1000,7\], expected \[2,7\].*Its head \(fc\) tells 1000 classes apart, the model 2/,
  );
});

/** The official file's parameters, with zeros for values. */
function officialResnet18(): Map<string, Tensor> {
  const bytes = Deno.readFileSync(OFFICIAL_PICKLE);
  const { value } = unpickle(bytes, { global: torchGlobal, persistent: storageReference });
  return new Map([...stateDictViews(value)].map(([name, { shape, storage }]): [string, Tensor] => [
    name,
    { dtype: "float32", shape, data: new Float32Array(storage.elements) },
  ]));
}

Deno.test("the official ResNet-18 has exactly the parameters of our ResNet-18", () => {
  const specs = parameterSpecs(findArchitecture("resnet18"), 1000);
  const converted = convertStateDict(officialResnet18(), specs);
  assert.equal(converted.size, specs.length);
  assert.deepEqual(converted.get("conv1.weight")!.shape, [7, 7, 3, 64]);
});

Deno.test("the official ResNet-18 does not fit MobileNetV2, and the message says why", () => {
  const specs = parameterSpecs(findArchitecture("mobilenet_v2"), 1000);
  assert.throws(
    () => convertStateDict(officialResnet18(), specs, "resnet18-f37072fd.pth"),
    /resnet18-f37072fd\.pth does not fit.* missing: features\.0\.0\.weight.*unexpected: conv1\.weight.*another architecture/,
  );
});
