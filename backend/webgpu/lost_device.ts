/** A device that goes away while it computes: its driver was reset, or ran out of memory. */
import type { TfjsWebGpuBackend } from "./tfjs_backend.ts";

/** How long a device may take to say that it is lost, behind an error that comes of it. */
const SLOWEST_WORD_MS = 500;

/** Every other error of a device that is lost is pointless. */
class LostDevice extends Error {
  /** Not the step's own doing: `runStep` has it tried again, from its last checkpoint on. */
  readonly lost = true;

  constructor({ message, reason }: GPUDeviceLostInfo) {
    super(
      `the GPU was lost (${message || reason}): its driver may have been reset or run out of ` +
        "memory; start again, with a smaller --batch if it happens again",
    );
  }
}

const losses = new WeakMap<GPUDevice, GPUDeviceLostInfo>();
const watched = new WeakSet<GPUDevice>();

/** To be called before `assertThere` is to know. Whatever computes or reads says so from then on. */
export function watchForLoss(backend: TfjsWebGpuBackend): void {
  const { device, read, uploadToGPU } = backend;
  if (watched.has(device)) return;
  watched.add(device);
  device.lost.then((info) => losses.set(device, info));
  backend.read = (id) => whileThere(backend, () => read.call(backend, id));
  backend.uploadToGPU = (id) => {
    assertThere(backend);
    uploadToGPU.call(backend, id);
  };
}

/** @throws {LostDevice} when the device is known to be gone */
export function assertThere({ device }: TfjsWebGpuBackend): void {
  const info = losses.get(device);
  if (info) throw new LostDevice(info);
}

/** @throws {LostDevice} instead of whatever `wait` throws because the device is gone */
export async function whileThere<T>(
  backend: TfjsWebGpuBackend,
  wait: () => Promise<T>,
): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, SLOWEST_WORD_MS);
    await Promise.race([backend.device.lost, promise]);
    clearTimeout(timer);
    assertThere(backend);
    throw error;
  }
}
