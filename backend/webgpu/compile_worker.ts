/** Compiles the pipelines that it is sent on a device of its own, then says how many. */
import { createPipeline, type PipelineCode, requestDevice } from "./pipelines.ts";

interface WorkerScope {
  onmessage: (event: MessageEvent<PipelineCode[]>) => void;
  postMessage(compiled: number): void;
}
const scope = self as unknown as WorkerScope;

scope.onmessage = async ({ data: codes }) => {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  const device = await requestDevice(adapter!);
  device.pushErrorScope("validation");
  for (const code of codes) createPipeline(device, code);
  const error = await device.popErrorScope();
  device.destroy();
  scope.postMessage(error ? 0 : codes.length);
};
