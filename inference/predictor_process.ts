/**
 * A process that answers crops on one thread. It parses no photos, so that it may run under the V8
 * flags that make the kernels fast and unchecked; as many of them as there are cores answer more
 * photos than one process with as many threads, which wait for each other.
 */
import { activateBackend } from "../backend/activate.ts";
import { judgeHere } from "./predictor.ts";
import { ByteReader, encodeAnswers, readRequest } from "./predictor_protocol.ts";
import { openModel } from "./open_model.ts";

if (import.meta.main) {
  await activateBackend("wasm", { threads: 1 });
  const { model, manifest: { preprocessing } } = await openModel(JSON.parse(Deno.args[0]));
  const judge = judgeHere(model, preprocessing);
  const input = new ByteReader(Deno.stdin.readable);
  const output = Deno.stdout.writable.getWriter();
  const cropBytes = preprocessing.size ** 2 * 3;
  while (true) {
    const crops = await readRequest(input, cropBytes);
    if (!crops) break;
    await output.write(encodeAnswers(await judge(crops)));
  }
  Deno.exit(0);
}
