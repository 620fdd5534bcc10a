/** Has helpers started, and writes what came of each. */
import { type Helper, startHelper } from "../../../pipeline/process/helper.ts";
import { runStep } from "../../../pipeline/process/step.ts";

export interface AskParameters {
  /** Of each helper, the byte that it is asked. */
  bytes: number[];
  /** Milliseconds after which one is ended. */
  patience: number;
}

export const HELPER = new URL("worker/helper.ts", import.meta.url);

async function ask(helper: Helper, byte: number, patience: number): Promise<string> {
  const output = helper.output.pipeThrough(new TextDecoderStream("latin1")).getReader();
  const hello = (await output.read()).value;
  const writer = helper.input.getWriter();
  writer.closed.catch(() => {});
  await writer.write(Uint8Array.of(byte));
  const late = setTimeout(() => helper.kill(), patience);
  const { value = "nothing" } = await output.read().catch(() => ({ value: undefined }));
  clearTimeout(late);
  const isKept = byte === 7;
  if (!isKept) helper.kill();
  return `${hello?.trim()} ${value === "nothing" ? value : value.charCodeAt(0)}`;
}

if (import.meta.main) {
  await runStep<AskParameters>(async ({ parameters, helpers, output }) => {
    const { bytes, patience } = parameters;
    const answers = await Promise.all(
      bytes.map(async (byte) => ask(await startHelper(helpers.next), byte, patience)),
    );
    await Deno.writeTextFile(`${output}/text.txt`, answers.join("\n"));
  });
}
