import type { AdamWInputs, AdamWSettings } from "../../ops/adam_w.ts";
import type { WasmBackend } from "../backend.ts";
import { ADAMW_ENTRY_WORDS, Kernel, writeAdamwEntry } from "../generated_abi.ts";
import { entryTable } from "./entries.ts";

/** One kernel call for all parameters; writes parameters and moments in place. */
export function adamW(
  backend: WasmBackend,
  { parameters, gradients, first, second, step, gradientScale }: AdamWInputs,
  { beta1, beta2, epsilon, rates, decays }: AdamWSettings,
): void {
  const [stepPointer, scalePointer] = [step, gradientScale].map((t) => backend.dataOf(t).pointer);
  const pointers = parameters.map((parameter, i) => ({
    gradient: backend.dataOf(gradients[i]).pointer,
    parameter: backend.dataOf(parameter).writablePointer(),
    first: backend.dataOf(first[i]).writablePointer(),
    second: backend.dataOf(second[i]).writablePointer(),
  }));
  const { table, entries } = entryTable(
    backend,
    parameters,
    ADAMW_ENTRY_WORDS,
    (memory, at, i, offset, count) =>
      writeAdamwEntry(memory, at, {
        parameter: pointers[i].parameter + offset,
        first: pointers[i].first + offset,
        second: pointers[i].second + offset,
        gradient: pointers[i].gradient + offset,
        count,
        rate: rates[i],
        decay: decays[i],
      }),
  );
  backend.pool.run(Kernel.adamw, entries, 0, {
    table: table.pointer,
    step: stepPointer,
    gradientScale: scalePointer,
    beta1,
    beta2,
    epsilon,
  });
  backend.heap.release(table);
}
