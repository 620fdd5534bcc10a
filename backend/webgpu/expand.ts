/**
 * The preprocessor of the `.wgsl` files. Every shape becomes a literal and every short loop is
 * written out, so that the driver's compiler sees straight-line code.
 *
 *     {{expression}}           the value of a JavaScript expression over the constants
 *     #let NAME expression     a further constant, up to the end of the block
 *     #for NAME expression     repeats the block for NAME = 0 … expression - 1
 *     #if expression / #else
 *     #end                     ends #for and #if
 */

type Constant = number | string | boolean | readonly number[];
export type Constants = Readonly<Record<string, Constant>>;

/** @throws {SyntaxError} when a directive is malformed or a block is not closed */
export function expand(source: string, constants: Constants): string {
  const lines = source.split("\n");
  const [text, end] = expandBlock(lines, 0, constants);
  if (end < lines.length) {
    throw new SyntaxError(`line ${end + 1}: nothing is open that ${lines[end].trim()} could end`);
  }
  return text.join("\n");
}

/** Expands up to the end of the block; returns its text and the index of the line that ends it. */
function expandBlock(lines: string[], start: number, outer: Constants): [string[], number] {
  const text: string[] = [];
  let constants = outer;
  let i = start;
  while (i < lines.length) {
    const [, directive, rest] = /^\s*#(\w+)\s*(.*?)\s*$/.exec(lines[i]) ?? [];
    if (directive === "else" || directive === "end") break;
    if (directive === undefined) {
      text.push(substitute(lines[i], constants));
    } else if (directive === "let") {
      const [name, expression] = nameAndExpression(rest, i);
      constants = { ...constants, [name]: evaluate(expression, constants) };
    } else if (directive === "for") {
      const [name, expression] = nameAndExpression(rest, i);
      const count = Number(evaluate(expression, constants));
      for (let value = 0; value < count; value++) {
        text.push(...expandBlock(lines, i + 1, { ...constants, [name]: value })[0]);
      }
      i = endOfBlock(lines, i);
    } else if (directive === "if") {
      const end = endOfBlock(lines, i), otherwise = elseOfBlock(lines, i);
      if (evaluate(rest, constants)) text.push(...expandBlock(lines, i + 1, constants)[0]);
      else if (otherwise < end) text.push(...expandBlock(lines, otherwise + 1, constants)[0]);
      i = end;
    } else {
      throw new SyntaxError(`line ${i + 1}: there is no directive #${directive}`);
    }
    i++;
  }
  return [text, i];
}

function substitute(line: string, constants: Constants): string {
  return line.replace(/\{\{(.*?)\}\}/g, (_, expression) => String(evaluate(expression, constants)));
}

const functions = new Map<string, (...values: Constant[]) => Constant>();

/** The expressions are those of our own files, never input. */
function evaluate(expression: string, constants: Constants): Constant {
  const names = Object.keys(constants);
  const key = `${names}|${expression}`;
  let f = functions.get(key);
  if (!f) {
    f = new Function(...names, `return (${expression})`) as (...values: Constant[]) => Constant;
    functions.set(key, f);
  }
  return f(...Object.values(constants));
}

function nameAndExpression(rest: string, line: number): [string, string] {
  const match = /^(\w+)\s+(.+)$/.exec(rest);
  if (!match) throw new SyntaxError(`line ${line + 1}: a name and an expression must follow`);
  return [match[1], match[2]];
}

/** Index of the #end that closes the block opened at `start`. */
function endOfBlock(lines: string[], start: number): number {
  return findAtDepth(lines, start, /^\s*#end\b/);
}

/** Index of its #else, or of its #end where there is none. */
function elseOfBlock(lines: string[], start: number): number {
  return findAtDepth(lines, start, /^\s*#(else|end)\b/);
}

function findAtDepth(lines: string[], start: number, wanted: RegExp): number {
  let depth = 0;
  for (let i = start + 1; i < lines.length; i++) {
    if (depth === 0 && wanted.test(lines[i])) return i;
    if (/^\s*#(for|if)\b/.test(lines[i])) depth++;
    else if (/^\s*#end\b/.test(lines[i])) depth--;
  }
  throw new SyntaxError(`line ${start + 1}: no #end closes ${lines[start].trim()}`);
}
