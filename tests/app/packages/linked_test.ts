/** A project of Deno's that links the clone, as docs/library.md says. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CLONE = fileURLToPath(new URL("../../../", import.meta.url));

Deno.test("a project with another tfjs 4.x links the clone, and both use the project's", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      join(folder, "deno.json"),
      JSON.stringify({
        links: [CLONE],
        imports: { "@tensorflow/tfjs": "npm:@tensorflow/tfjs@4.21.0" },
      }),
    );
    await Deno.writeTextFile(
      join(folder, "main.ts"),
      `import * as tf from "@tensorflow/tfjs";
      import { loadClassifier } from "graft";
      import "graft/backend/wasm";
      await tf.setBackend("graft-wasm");
      const product = tf.tensor2d([[1, 2], [3, 4]]).matMul(tf.tensor2d([[5], [6]]));
      console.log(
        tf.version.tfjs, tf.getBackend(), ...await product.data(), typeof loadClassifier,
      );`,
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-read", "--allow-env", "main.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (!success && /error sending request|dns error|tcp connect/.test(complained)) {
      return console.error("skipped: npm's registry cannot be reached");
    }
    assert.ok(success, complained);
    assert.equal(said, "4.21.0 graft-wasm 17 39 function\n");
    assert.doesNotMatch(complained, /already (been )?(registered|set)/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
