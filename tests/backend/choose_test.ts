import assert from "node:assert/strict";
import { chooseBackend } from "../../backend/choose.ts";

const NVIDIA = { vendor: "4318", architecture: "", description: "NVIDIA H200" };
const LAVAPIPE = { vendor: "65541", architecture: "", description: "llvmpipe (LLVM 15.0.6)" };
const FALLBACK = { vendor: "", architecture: "", description: "x", isFallbackAdapter: true };

const adapter = <T>(info: T) => () => Promise.resolve(info);

Deno.test("a hardware adapter is chosen by itself", async () => {
  const choice = await chooseBackend("auto", adapter(NVIDIA));
  assert.deepEqual(
    [choice.backend, choice.device, choice.hardware],
    ["webgpu", "NVIDIA H200", true],
  );
});

Deno.test("a software adapter is left alone, and it is said why", async () => {
  for (const info of [LAVAPIPE, FALLBACK]) {
    const choice = await chooseBackend("auto", adapter(info));
    assert.equal(choice.backend, "wasm");
    assert.equal(choice.hardware, false);
    assert.match(choice.reason, /software/);
  }
});

Deno.test("a software adapter serves when it is asked for", async () => {
  const choice = await chooseBackend("webgpu", adapter(LAVAPIPE));
  assert.deepEqual([choice.backend, choice.hardware], ["webgpu", false]);
});

Deno.test("without an adapter wasm serves, and asking for WebGPU is an error with a remedy", async () => {
  assert.equal((await chooseBackend("auto", adapter(undefined))).backend, "wasm");
  await assert.rejects(chooseBackend("webgpu", adapter(undefined)), /no WebGPU adapter: install/);
});

Deno.test("asking for wasm asks no adapter", async () => {
  const choice = await chooseBackend("wasm", () => Promise.reject(new Error("asked")));
  assert.equal(choice.backend, "wasm");
});
