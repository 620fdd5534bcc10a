/** The expressions of the `.wgsl` files, which `backend/webgpu/expand.ts` computes as it goes. */
import { parseExpression } from "@babel/parser";
import { operandSource } from "../../backend/webgpu/operand.ts";

const WEBGPU = new URL("../../backend/webgpu/", import.meta.url);

const WRITTEN = /\{\{(.*?)\}\}|^\s*#(?:let|for)\s+\w+\s+(.+?)\s*$|^\s*#if\s+(.+?)\s*$/gm;

/** Every expression of the `.wgsl` files, operands under each name that a kernel gives them. */
export async function kernelExpressions(): Promise<string[]> {
  const sources: string[] = [];
  for await (const { name } of Deno.readDir(new URL("kernels/", WEBGPU))) {
    sources.push(await Deno.readTextFile(new URL(`kernels/${name}`, WEBGPU)));
  }
  for await (const { name } of Deno.readDir(new URL("operations/", WEBGPU))) {
    const operation = await Deno.readTextFile(new URL(`operations/${name}`, WEBGPU));
    for (const [, operand] of operation.matchAll(/\boperandSource\("(\w+)"\)/g)) {
      sources.push(operandSource(operand));
    }
  }
  const found = sources.flatMap((source) =>
    Array.from(source.matchAll(WRITTEN), ([, value, of, condition]) => value ?? of ?? condition)
  );
  return [...new Set(found)].sort();
}

/** The constants that an expression is about. */
export function namesIn(expression: string): string[] {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    const { type, name, computed, ...parts } = node as Record<string, unknown>;
    if (type === "Identifier") names.add(name as string);
    if (type === "MemberExpression" && !computed) delete parts.property;
    Object.values(parts).forEach(visit);
  };
  visit(parseExpression(expression));
  return [...names].filter((name) => !(name in globalThis)).sort();
}
