import { call, type Chain, file, tryCall, writeFiles } from "./chain.ts";

/** Undefined where this Python has no DVC. */
export async function dvc(python: string): Promise<Chain | undefined> {
  const version = await tryCall([python, "-m", "dvc", "--version"]);
  return version === undefined ? undefined : {
    name: `dvc ${version}`,
    async write(folder, steps) {
      await call([python, "-m", "dvc", "init", "--no-scm", "--quiet"], folder);
      await call([python, "-m", "dvc", "config", "core.analytics", "false"], folder);
      await call([python, "-m", "dvc", "config", "core.check_update", "false"], folder);
      const stages = Array.from({ length: steps }, (_, i) => `
  s${i + 1}:
    cmd: cat ${file(i)} > ${file(i + 1)}
    deps: [${file(i)}]
    outs: [${file(i + 1)}]`);
      Deno.writeTextFileSync(`${folder}/dvc.yaml`, `stages:${stages.join("")}\n`);
    },
    async hasten(folder, steps) {
      writeFiles(folder, steps);
      await call([python, "-m", "dvc", "commit", "--force", "--quiet"], folder);
    },
    command: () => [python, "-m", "dvc", "repro", "--quiet"],
  };
}
