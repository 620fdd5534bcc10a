/**
 * Decides what computes, without loading tfjs, so that a plan can be printed at once.
 * A hardware WebGPU adapter if there is one, else wasm; a software adapter only when asked for.
 */

type BackendRequest = "auto" | "webgpu" | "wasm";

interface BackendChoice {
  backend: "webgpu" | "wasm";
  /** What computes, in words: the adapter, or the number of threads of this CPU. */
  device: string;
  /** Whether a GPU computes, rather than the CPU behind either backend. */
  hardware: boolean;
  /** Why this one, in one sentence. */
  reason: string;
}

/** What is asked of an adapter here; `navigator.gpu` gives more. */
interface AdapterInfo {
  vendor: string;
  architecture: string;
  description: string;
  isFallbackAdapter?: boolean;
}

/** @throws {Error} when WebGPU is asked for and there is no adapter at all */
export async function chooseBackend(
  request: BackendRequest,
  requestAdapterInfo: () => Promise<AdapterInfo | undefined> = adapterInfo,
): Promise<BackendChoice> {
  const threads = `${navigator.hardwareConcurrency} CPU threads`;
  if (request === "wasm") {
    return { backend: "wasm", device: threads, hardware: false, reason: "asked for" };
  }
  const info = await requestAdapterInfo();
  if (info && (!isSoftware(info) || request === "webgpu")) {
    return {
      backend: "webgpu",
      device: info.description || `${info.vendor} ${info.architecture}`.trim() || "unnamed adapter",
      hardware: !isSoftware(info),
      reason: request === "webgpu" ? "asked for" : "a hardware WebGPU adapter is there",
    };
  }
  if (request === "webgpu") {
    throw new Error(
      "there is no WebGPU adapter: install a graphics driver with Vulkan, Metal or Direct3D 12 " +
        "support (Mesa's lavapipe emulates one; on a server without a screen NVIDIA's driver needs the " +
        "packages libvulkan1, libegl1, libx11-6 and libxext6 beside it), or use --backend wasm",
    );
  }
  const reason = info
    ? `the only WebGPU adapter is software (${info.description})`
    : "there is no WebGPU adapter";
  return { backend: "wasm", device: threads, hardware: false, reason };
}

async function adapterInfo(): Promise<AdapterInfo | undefined> {
  const adapter = await navigator.gpu?.requestAdapter();
  return adapter?.info;
}

/** Emulations on the CPU: slower there than wasm. */
function isSoftware(info: AdapterInfo): boolean {
  return info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(info.description);
}
