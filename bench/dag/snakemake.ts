import { call, type Chain, file, tryCall, writeFiles } from "./chain.ts";

/** Undefined where this Python has no Snakemake. */
export async function snakemake(python: string): Promise<Chain | undefined> {
  const version = await tryCall([python, "-m", "snakemake", "--version"]);
  const command = [
    ...[python, "-m", "snakemake"],
    ...["--cores", `${navigator.hardwareConcurrency}`, "--quiet", "all"],
  ];
  return version === undefined ? undefined : {
    name: `snakemake ${version}`,
    write: (folder, steps) =>
      Deno.writeTextFileSync(
        `${folder}/Snakefile`,
        `
rule all:
    input: "${file(steps)}"

rule step:
    input: lambda w: f"s{int(w.i) - 1}.txt"
    output: "s{i,[1-9][0-9]*}.txt"
    shell: "cat {input} > {output}"
`,
      ),
    async hasten(folder, steps) {
      writeFiles(folder, steps);
      await call([...command, "--touch"], folder);
    },
    command: () => command,
  };
}
