/** What a module says, whatever its comments and its formatting. */
import { parse, type ParserPlugin } from "@babel/parser";

/** Of a syntax tree: where things stand, how they are spelled, and what is said about them. */
const LEFT_OUT = new Set(["start", "end", "loc", "range", "extra", "errors", "comments"]);

const PLUGINS: ParserPlugin[] = [
  "decorators",
  "decoratorAutoAccessors",
  "deferredImportEvaluation",
  "sourcePhaseImports",
];

/**
 * Equal for two modules that differ in nothing but comments and formatting; its syntax tree, as
 * text. Types count: to tell which of them leave no trace in what runs is the compiler's work.
 *
 * @returns undefined for what cannot be parsed here
 */
export function normalForm(code: string, isTypeScript: boolean): string | undefined {
  try {
    const { program } = parse(code, {
      sourceType: "module",
      plugins: isTypeScript ? [...PLUGINS, "typescript"] : PLUGINS,
      attachComment: false,
    });
    return JSON.stringify(program, (name, value) => {
      if (LEFT_OUT.has(name)) return undefined;
      return typeof value === "bigint" ? `${value}` : value;
    });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
