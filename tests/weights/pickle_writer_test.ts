import assert from "node:assert/strict";
import fc from "fast-check";
import { unpickle } from "../../weights/pickle.ts";
import { PickleWriter } from "../../weights/pickle_writer.ts";

const world = {
  global: (module: string, name: string) => (...args: unknown[]) => [`${module}.${name}`, ...args],
  persistent: (id: unknown) => ({ id }),
};
const read = async (writer: PickleWriter) => unpickle(await writer.finish(), world).value;

Deno.test("numbers and strings come out of a pickle as they went in", async () => {
  await fc.assert(fc.asyncProperty(
    fc.maxSafeInteger(),
    fc.integer(),
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
    fc.boolean(),
    async (large, small, text, flag) => {
      const writer = new PickleWriter().mark().integer(large).integer(small).text(text)
        .boolean(flag).tuple();
      assert.deepEqual(await read(writer), [large, small, text, flag]);
    },
  ));
});

Deno.test("calls, references and dicts are written as torch.save writes them", async () => {
  const call = new PickleWriter().global("some.module", "name").mark().integer(1).tuple().call();
  assert.deepEqual(await read(call), ["some.module.name", 1]);
  const reference = new PickleWriter().mark().text("storage").tuple().persistent();
  assert.deepEqual(await read(reference), { id: ["storage"] });
});
