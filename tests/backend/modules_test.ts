/** What people outside import: it makes the backends known to tfjs by itself. */
import assert from "node:assert/strict";

const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

const BACKENDS = [
  { entry: "graft/backend/wasm", name: "graft-wasm" },
  { entry: "graft/backend/webgpu", name: "webgpu" },
];

for (const { entry, name } of BACKENDS) {
  Deno.test(`importing ${entry} is enough for tfjs to know its kernels`, async () => {
    const program = `
      import * as tf from "@tensorflow/tfjs";
      import "${entry}";
      console.log(tf.findBackendFactory("${name}") !== null);
      console.log(tf.getKernel("BatchNormTrain", "${name}") !== undefined);
    `;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--config", CONFIG, "-"],
      cwd: new URL("../../", import.meta.url),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(program));
    await writer.close();
    const { stdout, stderr } = await child.output();
    assert.equal(
      new TextDecoder().decode(stdout),
      "true\ntrue\n",
      new TextDecoder().decode(stderr),
    );
  });
}
