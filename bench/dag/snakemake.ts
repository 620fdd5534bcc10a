import { type Chain, file, tryCall } from "./chain.ts";

/** Undefined where this Python has no Snakemake. */
export async function snakemake(python: string): Promise<Chain | undefined> {
  const version = await tryCall([python, "-m", "snakemake", "--version"]);
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
    command: () => [
      ...[python, "-m", "snakemake"],
      ...["--cores", `${navigator.hardwareConcurrency}`, "--quiet", "all"],
    ],
  };
}
