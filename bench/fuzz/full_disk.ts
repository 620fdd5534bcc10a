/** Disks of any size below what a run needs: it says that the disk is full, and goes on later. */
import type { Kind, Outcome } from "./kind.ts";
import { temporaryFolder } from "./kind.ts";
import { below, type Random } from "./random.ts";
import { Reading } from "./reading.ts";

const LIMITS = { seconds: 30, memory: 1024 * 2 ** 20 };
/** More than the small pipeline's store takes. */
const LARGE = 16 << 20;

export const fullDisk: Kind = {
  name: "disk",
  share: 2,
  prepare(say) {
    const folder = temporaryFolder();
    const disk = `${folder.path}/disk`;
    Deno.mkdirSync(disk);
    const mount = (...options: string[]) => command("mount", ...options, "tmpfs", disk);
    if (Deno.build.os !== "linux" || !mount("-t", "tmpfs", "-o", "size=64k")) {
      folder[Symbol.dispose]();
      say("disk: skipped, as this user may not mount a disk of memory (on Linux, root may)");
      return Promise.resolve(undefined);
    }
    command("umount", disk);
    const reading = new Reading(LIMITS);
    const attempt = async (random: Random): Promise<Outcome> => {
      const [size, files] = [4096 * (1 + below(random, 150)), 2 + below(random, 150)];
      const limits = random() < 0.5 ? `size=${size}` : `nr_inodes=${files}`;
      if (!mount("-t", "tmpfs", "-o", limits)) throw new Error("no disk could be mounted");
      try {
        const store = `${disk}/store`;
        const first = await reading.ask("store", { store, full: true }, `a disk of ${limits}`);
        if (first.verdict === "problem") return first;
        mount("-o", `remount,size=${LARGE},nr_inodes=10000`);
        const then = await reading.ask(
          "store",
          { store },
          `a disk of ${limits}, then a larger one`,
        );
        return then.verdict === "problem" ? then : first;
      } finally {
        command("umount", disk);
      }
    };
    return Promise.resolve({
      run: attempt,
      async [Symbol.asyncDispose]() {
        await reading[Symbol.asyncDispose]();
        folder[Symbol.dispose]();
      },
    });
  },
};

const command = (name: string, ...args: string[]) =>
  new Deno.Command(name, { args, stdout: "null", stderr: "null" }).outputSync().success;
