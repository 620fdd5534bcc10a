/** Copies of many buffers in a few large ones: to go back to, to be compared, or to be read. */
import type { TfjsWebGpuBackend } from "../tfjs_backend.ts";
import { flush } from "./recording.ts";

const LARGEST = 256 * 2 ** 20;

interface Group {
  copy: GPUBuffer;
  members: { buffer: GPUBuffer; offset: number }[];
}

export class Snapshot {
  readonly #groups: Group[];

  /** @param isRead whether it will be compared or read rather than restored */
  constructor(
    private readonly backend: TfjsWebGpuBackend,
    buffers: readonly GPUBuffer[],
    isRead: boolean,
  ) {
    const usage = GPUBufferUsage.COPY_DST |
      (isRead ? GPUBufferUsage.MAP_READ : GPUBufferUsage.COPY_SRC);
    this.#groups = grouped(backend.device, buffers, usage);
    this.#copy((encoder, { copy }, buffer, offset) =>
      encoder.copyBufferToBuffer(buffer, 0, copy, offset, buffer.size)
    );
  }

  /** Writes the values back to where they were copied from. */
  restore(): void {
    this.#copy((encoder, { copy }, buffer, offset) =>
      encoder.copyBufferToBuffer(copy, offset, buffer, 0, buffer.size)
    );
  }

  /** How many of the buffers hold other bits than they do in a snapshot of as many. */
  async differencesTo(other: Snapshot): Promise<number> {
    let differing = 0;
    for (const [i, { copy, members }] of this.#groups.entries()) {
      const [ours, theirs] = await Promise.all([bits(copy), bits(other.#groups[i].copy)]);
      for (const { buffer, offset } of members) {
        const first = offset / 4, end = first + buffer.size / 4;
        let at = first;
        while (at < end && ours[at] === theirs[at]) at++;
        if (at < end) differing++;
      }
    }
    return differing;
  }

  /** The buffers' bits, in the order in which they were given; once. */
  async read(): Promise<Uint32Array[]> {
    const copies = await Promise.all(this.#groups.map(({ copy }) => bits(copy)));
    return this.#groups.flatMap(({ members }, i) =>
      members.map(({ buffer, offset }) => copies[i].slice(offset / 4, (offset + buffer.size) / 4))
    );
  }

  dispose(): void {
    for (const { copy } of this.#groups) copy.destroy();
  }

  #copy(
    copy: (encoder: GPUCommandEncoder, group: Group, buffer: GPUBuffer, offset: number) => void,
  ): void {
    flush(this.backend);
    const encoder = this.backend.device.createCommandEncoder();
    for (const group of this.#groups) {
      for (const { buffer, offset } of group.members) copy(encoder, group, buffer, offset);
    }
    this.backend.device.queue.submit([encoder.finish()]);
  }
}

function grouped(device: GPUDevice, buffers: readonly GPUBuffer[], usage: number): Group[] {
  const groups: { bytes: number; members: Group["members"] }[] = [];
  for (const buffer of buffers) {
    const last = groups.at(-1);
    if (last && last.bytes + buffer.size <= LARGEST) {
      last.members.push({ buffer, offset: last.bytes });
      last.bytes += buffer.size;
    } else {
      groups.push({ bytes: buffer.size, members: [{ buffer, offset: 0 }] });
    }
  }
  return groups.map(({ bytes, members }) => ({
    copy: device.createBuffer({ size: bytes, usage }),
    members,
  }));
}

async function bits(buffer: GPUBuffer): Promise<Uint32Array> {
  await buffer.mapAsync(GPUMapMode.READ);
  const words = new Uint32Array(buffer.getMappedRange().slice(0));
  buffer.unmap();
  return words;
}
