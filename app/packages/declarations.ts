/** Types for whoever uses a package: of its public module, and of what that is made of. */
import { isolatedDeclarationSync } from "oxc-transform";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

/**
 * A declaration file for each module of ours that the public one's types lead to, in the folders
 * that the modules have.
 *
 * @param entry the public module, relative to the project
 * @returns the entry's declaration file, relative to `folder`
 * @throws {Error} where a type is not written down, so that it cannot be told from the module alone
 */
export async function writeDeclarations(entry: string, folder: string): Promise<string> {
  const waiting = [new URL(entry, ROOT)], seen = new Set([waiting[0].href]);
  for (const module of waiting) {
    const path = fileURLToPath(module);
    const { code, errors } = isolatedDeclarationSync(path, await Deno.readTextFile(path), {
      stripInternal: true,
    });
    for (const { message, codeframe } of errors) {
      throw new Error(`${path}: ${message}
${codeframe ?? ""}`);
    }
    // What is declared overrides nothing.
    const text = code.replaceAll(/^(\s*)override /gm, "$1").replaceAll(
      /((?:from|import)\s*\(?\s*")(\.[^"]+)\.ts"/g,
      (_, before, specifier) => {
        const used = new URL(`${specifier}.ts`, module);
        if (!seen.has(used.href)) waiting.push(used);
        seen.add(used.href);
        return `${before}${specifier}.js"`;
      },
    );
    const target = join(folder, declarationName(module));
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeTextFile(target, text);
  }
  return declarationName(waiting[0]);
}

const declarationName = (module: URL) =>
  module.href.slice(ROOT.href.length).replace(/\.ts$/, ".d.ts");
