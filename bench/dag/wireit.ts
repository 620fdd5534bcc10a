import { call, type Chain, file, tryCall } from "./chain.ts";

const VERSION = "0.14.13";

/** Undefined where there is no npm, which runs Wireit. */
export async function wireit(): Promise<Chain | undefined> {
  if (await tryCall(["npm", "--version"]) === undefined) return undefined;
  return {
    name: `wireit ${VERSION}`,
    async write(folder, steps) {
      const names = Array.from({ length: steps }, (_, i) => i + 1);
      const scripts = Object.fromEntries(names.map((i) => [`s${i}`, "wireit"]));
      const wireit = Object.fromEntries(names.map((i) => [`s${i}`, {
        command: `cat ${file(i - 1)} > ${file(i)}`,
        files: [file(i - 1)],
        output: [file(i)],
        dependencies: i === 1 ? [] : [`s${i - 1}`],
      }]));
      Deno.writeTextFileSync(
        `${folder}/package.json`,
        JSON.stringify({ name: "chain", private: true, scripts, wireit }),
      );
      const install = ["npm", "install", "--no-audit", "--no-fund", "--no-save"];
      await call([...install, `wireit@${VERSION}`], folder);
    },
    command: (folder) => {
      const { scripts } = JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
      return ["npm", "run", "--silent", Object.keys(scripts).at(-1)!];
    },
  };
}
