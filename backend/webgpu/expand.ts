/**
 * The preprocessor of the `.wgsl` files. Constants become literals and every short loop is written
 * out, so that the driver's compiler sees straight-line code. Constants that are told late stay out
 * of the text: it is the same for all their values.
 *
 *     {{expression}}           the value of a JavaScript expression over the constants
 *     #let NAME expression     a further constant, up to the end of the block
 *     #for NAME expression     repeats the block for NAME = 0 … expression - 1
 *     #if expression / #else
 *     #end                     ends #for and #if
 */

type Constant = number | string | boolean | readonly number[];
export type Constants = Readonly<Record<string, Constant>>;

/** Whether a number is told when the kernel runs, and as what. */
type Late = (name: string) => "i32" | "f32" | undefined;

/** A text, and what it asks for as `sizes`: 32 bits each, in the order of its `array<vec4i>`. */
interface Expanded {
  text: string;
  sizes: Int32Array;
}

/**
 * @param late constants that, with the numbers which follow from them, are read from
 *   `sizes: array<vec4i>`. What conditions and loops ask for is known all the same.
 * @throws {SyntaxError} when a directive is malformed or a block is not closed
 */
export function expand(
  source: string,
  constants: Constants,
  late: Late = () => undefined,
): Expanded {
  const lines = source.split("\n");
  const lateNames = new Map<string, "i32" | "f32">();
  for (const name of Object.keys(constants)) {
    const type = late(name);
    if (type) lateNames.set(name, type);
  }
  const told = new Told();
  const [text, end] = expandBlock(lines, 0, { constants, late: lateNames, told });
  if (end < lines.length) {
    throw new SyntaxError(`line ${end + 1}: nothing is open that ${lines[end].trim()} could end`);
  }
  return { text: text.join("\n"), sizes: told.sizes() };
}

/** Numbers that are told late, by what asks for them. */
export class Told {
  readonly #places = new Map<string, number>();
  readonly #bits: number[] = [];

  /** WGSL that reads it. @param key the same for the same place in the kernel, whatever its value */
  add(key: string, value: number, type: "i32" | "f32"): string {
    let place = this.#places.get(key);
    if (place === undefined) {
      this.#places.set(key, place = this.#bits.length);
      this.#bits.push(type === "f32" ? bitsOf(value) : value);
    }
    const read = `sizes[${place >> 2}].${"xyzw"[place & 3]}`;
    return type === "f32" ? `bitcast<f32>(${read})` : read;
  }

  sizes(): Int32Array {
    const sizes = new Int32Array(4 * Math.ceil(this.#bits.length / 4));
    sizes.set(this.#bits);
    return sizes;
  }
}

const bitsOf = (value: number) => new Int32Array(Float32Array.of(value).buffer)[0];

/** What a block knows. */
interface Scope {
  constants: Constants;
  late: ReadonlyMap<string, "i32" | "f32">;
  told: Told;
}

/** Expands up to the end of the block; returns its text and the index of the line that ends it. */
function expandBlock(lines: string[], start: number, outer: Scope): [string[], number] {
  const text: string[] = [];
  let scope = outer;
  let i = start;
  while (i < lines.length) {
    const [, directive, rest] = /^\s*#(\w+)\s*(.*?)\s*$/.exec(lines[i]) ?? [];
    if (directive === "else" || directive === "end") break;
    if (directive === undefined) {
      text.push(substitute(lines[i], scope));
    } else if (directive === "let") {
      const [name, expression] = nameAndExpression(rest, i);
      const type = lateTypeOf(expression, scope), late = new Map(scope.late);
      if (type) late.set(name, type);
      else late.delete(name);
      scope = {
        ...scope,
        constants: { ...scope.constants, [name]: valueOf(expression, scope) },
        late,
      };
    } else if (directive === "for") {
      const [name, expression] = nameAndExpression(rest, i);
      const count = Number(valueOf(expression, scope));
      for (let value = 0; value < count; value++) {
        const inner = { ...scope, constants: { ...scope.constants, [name]: value } };
        text.push(...expandBlock(lines, i + 1, inner)[0]);
      }
      i = endOfBlock(lines, i);
    } else if (directive === "if") {
      const end = endOfBlock(lines, i), otherwise = elseOfBlock(lines, i);
      if (valueOf(rest, scope)) text.push(...expandBlock(lines, i + 1, scope)[0]);
      else if (otherwise < end) text.push(...expandBlock(lines, otherwise + 1, scope)[0]);
      i = end;
    } else {
      throw new SyntaxError(`line ${i + 1}: there is no directive #${directive}`);
    }
    i++;
  }
  return [text, i];
}

function substitute(line: string, scope: Scope): string {
  return line.replace(/\{\{(.*?)\}\}/g, (_, expression) => {
    const value = valueOf(expression, scope), type = lateTypeOf(expression, scope);
    if (!type || typeof value !== "number") return String(value);
    if (type === "i32" && !Number.isInteger(value)) {
      throw new SyntaxError(`{{${expression}}} is ${value}: what is told late is a whole number`);
    }
    const known = wordsIn(expression).filter((name) => !scope.late.has(name))
      .map((name) => scope.constants[name]);
    return scope.told.add(JSON.stringify([expression, known]), value, type);
  });
}

/** Of what an expression is about, the first that is told late. */
function lateTypeOf(expression: string, { late }: Scope): "i32" | "f32" | undefined {
  if (late.size === 0) return undefined;
  const name = wordsIn(expression).find((name) => late.has(name));
  return name === undefined ? undefined : late.get(name);
}

const wordsIn = (expression: string) => expression.match(/[A-Za-z_]\w*/g) ?? [];

const functions = new Map<string, (...values: Constant[]) => Constant>();

/** The expressions are those of our own files, never input. */
function valueOf(expression: string, { constants }: Scope): Constant {
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
