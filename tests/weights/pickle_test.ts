import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { EndOfBytes } from "../../weights/byte_reader.ts";
import { unpickle } from "../../weights/pickle.ts";
import { PickleError, type PickleWorld } from "../../weights/pickle_machine.ts";
import { storageReference, TensorView, torchGlobal } from "../../weights/torch_globals.ts";
import { stateDictViews } from "../../weights/state_dict.ts";
import { OFFICIAL_PICKLE } from "./fixture.ts";

const world: PickleWorld = { global: torchGlobal, persistent: storageReference };
const load = (hex: string) => unpickle(Buffer.from(hex, "hex"), world).value;

/**
 * Python: pickle.dumps({"a": [1, -2, 70000, -5, 2**31, 2**70, -2**70], "t": (1,), "t2": (1, 2),
 * "t3": (1, 2, 3), "t4": (1, 2, 3, 4), "s": {"x"}, "f": 1.5, "n": None, "b": [True, False],
 * "by": b"\x00\xff", "u": "\u00e4\U0001f41c", "o": OrderedDict([("k", []), ("l", {})])},
 * protocol=P), without "by" in protocol 2.
 */
const everything: Record<number, string> = {
  2: "80027d71002858010000006171015d7102284b014afeffffff4a701101004afbffffff8a0500000080008a0900" +
    "00000000000000408a090000000000000000c06558010000007471034b018571045802000000743271054b014b02" +
    "8671065802000000743371074b014b024b03877108580200000074347109284b014b024b034b0474710a58010000" +
    "0073710b635f5f6275696c74696e5f5f0a7365740a710c5d710d580100000078710e6185710f5271105801000000" +
    "667111473ff800000000000058010000006e71124e58010000006271135d71142888896558010000007571155806" +
    "000000c3a4f09f909c711658010000006f711763636f6c6c656374696f6e730a4f726465726564446963740a7118" +
    "295271192858010000006b711a5d711b58010000006c711c7d711d75752e",
  3: "80037d71002858010000006171015d7102284b014afeffffff4a701101004afbffffff8a0500000080008a0900" +
    "00000000000000408a090000000000000000c06558010000007471034b018571045802000000743271054b014b02" +
    "8671065802000000743371074b014b024b03877108580200000074347109284b014b024b034b0474710a58010000" +
    "0073710b636275696c74696e730a7365740a710c5d710d580100000078710e6185710f5271105801000000667111" +
    "473ff800000000000058010000006e71124e58010000006271135d71142888896558020000006279711543020" +
    "0ff711658010000007571175806000000c3a4f09f909c711858010000006f711963636f6c6c656374696f6e730a4f" +
    "726465726564446963740a711a2952711b2858010000006b711c5d711d58010000006c711e7d711f75752e",
  4: "800495dd000000000000007d94288c0161945d94284b014afeffffff4a701101004afbffffff8a050000008000" +
    "8a090000000000000000408a090000000000000000c0658c0174944b0185948c027432944b014b0286948c027433" +
    "944b014b024b0387948c02743494284b014b024b034b0474948c0173948f94288c017894908c016694473ff80000" +
    "000000008c016e944e8c0162945d94288889658c02627994430200ff948c0175948c06c3a4f09f909c948c016f94" +
    "8c0b636f6c6c656374696f6e73948c0b4f72646572656444696374949394295294288c016b945d948c016c947d94" +
    "75752e",
};
everything[5] = everything[4].replace(/^8004/, "8005");

for (const protocol of [2, 3, 4, 5]) {
  Deno.test(`protocol ${protocol} gives numbers, strings and containers as Python wrote them`, () => {
    const entries: [string, unknown][] = [
      ["a", [1, -2, 70000, -5, 2 ** 31, 2n ** 70n, -(2n ** 70n)]],
      ["t", [1]],
      ["t2", [1, 2]],
      ["t3", [1, 2, 3]],
      ["t4", [1, 2, 3, 4]],
      ["s", new Set(["x"])],
      ["f", 1.5],
      ["n", null],
      ["b", [true, false]],
      ["by", new Uint8Array([0, 255])],
      ["u", "ä🐜"],
      ["o", new Map<string, unknown>([["k", []], ["l", new Map()]])],
    ];
    const value = load(everything[protocol]) as Map<string, unknown>;
    assert.deepEqual(
      [...value].map(([k, v]) => [k, v instanceof Uint8Array ? Array.from(v) : v]),
      entries.filter(([key]) => protocol > 2 || key !== "by")
        .map(([k, v]) => [k, v instanceof Uint8Array ? Array.from(v) : v]),
    );
  });
}

Deno.test("an object that is referred to twice is one object", () => {
  const value = load("8004950f000000000000005d94285d944b016168014d2c01652e") as unknown[];
  assert.deepEqual(value, [[1], [1], 300]);
  assert.equal(value[0], value[1]);
});

Deno.test("bytearrays and frozensets are read", () => {
  const bytes = load("8005950d000000000000009602000000000000006162942e") as Uint8Array;
  assert.deepEqual(Array.from(bytes), [0x61, 0x62]);
  assert.deepEqual(load("8004950600000000000000284b0391942e"), new Set([3]));
});

Deno.test("what follows a pickle is left for the next reader", () => {
  const two = Buffer.from("80024b072e80024b082e", "hex");
  const first = unpickle(two, world);
  assert.equal(first.value, 7);
  assert.deepEqual(unpickle(two, world, first.end), { value: 8, end: two.length });
});

for (
  const [what, hex] of [
    // Python: pickle.dumps(os.system, protocol=P)
    ["posix.system", "800263706f7369780a73797374656d0a71002e"],
    ["posix.system", "80049514000000000000008c05706f736978948c0673797374656d9493942e"],
    ["builtins.eval", "8003636275696c74696e730a6576616c0a71002e"],
    ["torch._utils.__builtins__", "800263746f7263682e5f7574696c730a5f5f6275696c74696e735f5f0a2e"],
  ]
) {
  Deno.test(`${what} is refused by name (${hex.slice(2, 4)})`, () => {
    assert.throws(() => load(hex), (error: Error) => {
      assert.ok(error instanceof PickleError);
      assert.ok(error.message.includes(`needs ${what}, which is refused`), error.message);
      return true;
    });
  });
}

Deno.test("damage is an error of its own kind, never a crash", () => {
  const errors: [string, RegExp][] = [
    ["80022e", /stack is empty/],
    ["80027d4b0173", /stack is empty/], // SETITEM with a value missing
    ["800265", /lacks a mark/],
    ["800268052e", /recalls nothing/],
    ["80024b014b015286", /no function/],
    ["80024b014b01622e", /sets the state/],
    ["80024b01284b02652e", /no container/],
    ["800249310a2e", /opcode 0x49/], // INT, of protocol 0
  ];
  for (const [hex, message] of errors) {
    assert.throws(() => load(hex), (error: Error) => {
      assert.ok(error instanceof PickleError, `${hex}: ${error}`);
      assert.match(error.message, message, hex);
      return true;
    });
  }
  for (let length = 0; length < everything[4].length - 2; length += 2) {
    assert.throws(() => load(everything[4].slice(0, length)), EndOfBytes);
  }
});

Deno.test("a tensor that reaches beyond its storage is refused", () => {
  const storage = storageReference([
    "storage",
    torchGlobal("torch", "FloatStorage"),
    "0",
    "cpu",
    10,
  ]);
  const rebuild = torchGlobal("torch._utils", "_rebuild_tensor_v2") as (...a: unknown[]) => unknown;
  assert.ok(rebuild(storage, 1, [3, 3], [3, 1], false, new Map()) instanceof TensorView);
  assert.ok(rebuild(storage, 99, [0, 3], [3, 1], false, new Map()) instanceof TensorView);
  assert.throws(() => rebuild(storage, 2, [3, 3], [3, 1]), /beyond its storage/);
  assert.throws(() => rebuild(storage, 0, [3, 3], [4, 1]), /beyond its storage/);
  assert.throws(() => rebuild(storage, 0, [3, 3], [1]), /more sizes than strides/);
  assert.throws(() => rebuild(storage, -1, [3], [1]), /natural number/);
  assert.throws(() => rebuild(storage, 0, [2 ** 60, 2 ** 60], [0, 1]), /natural number|beyond/);
  assert.throws(() => rebuild("storage", 0, [1], [1]), /no storage/);
});

Deno.test("the pickle of the official resnet18-f37072fd.pth lists its parameters and shapes", () => {
  const views = stateDictViews(unpickle(Deno.readFileSync(OFFICIAL_PICKLE), world).value);
  assert.equal(views.size, 102);
  assert.deepEqual(views.get("conv1.weight")!.shape, [64, 3, 7, 7]);
  assert.deepEqual(views.get("layer4.0.downsample.0.weight")!.shape, [512, 256, 1, 1]);
  assert.deepEqual(views.get("fc.weight")!.shape, [1000, 512]);
  assert.deepEqual([...views.keys()].slice(-2), ["fc.weight", "fc.bias"]);
});
