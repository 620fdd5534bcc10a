/** A kernel's WGSL for one set of constants, and several of them as one program. */
import { type Constants, expand, Told } from "./expand.ts";

/** A WGSL file: its name, for labels and timings, and its text. */
export interface Kernel {
  name: string;
  source: string;
  /** Whether it needs to know sizes when it is compiled: it divides by them in its innermost loop. */
  knowsSizes?: boolean;
}

/** Of buffers in group 0, in the order of `bindings`, and an entry point `main`. */
export interface Program {
  name: string;
  code: string;
  bindings: GPUBufferBindingType[];
  /** What the last binding, a uniform one, holds; none where it is told nothing. */
  sizes: Int32Array;
  /** What it takes to run it beside others; undefined where `main` asks for more than these do. */
  body?: Body;
}

interface Body {
  /** Its threads, in x, y and z. */
  workgroup: [number, number, number];
  threads: number;
  hasBarriers: boolean;
  /** Bytes of the workgroup's own memory. */
  memory: number;
  /** Whether a thread keeps so few values that many threads fit a GPU's registers. */
  isLight: boolean;
}

/** Programs that run side by side: workgroups in x, y and z of each. */
export interface Part {
  program: Program;
  groups: [number, number, number];
}

/**
 * Sizes of tensors, and into how many parts a kernel's work is cut: what is told late, so that
 * kernels of other shapes are the same program.
 */
const SIZES = new Set(
  ("H W OH OW CI CO C IN OUT PIXELS PHOTOS BATCH SIZE COUNT ROWS PER_SLICE SLICES FIRST " +
    "GROUPS_X GROUPS_Y").split(" "),
);

/** Sizes, an operand's own ones too, and factors that follow from them. */
function toldLate(name: string): "i32" | "f32" | undefined {
  if (name === "UNBIASED") return "f32";
  return SIZES.has(name.replace(/^[a-z]+_/, "")) ? "i32" : undefined;
}

/** Products keep dozens. */
const MOST_SUMS_OF_LIGHT = 6;

const ENTRY =
  /@compute @workgroup_size\(([\d, ]+)\)\s*fn main\(@builtin\(workgroup_id\) (\w+): vec3u, @builtin\(local_invocation_id\) (\w+): vec3u\)/;
const WORKGROUP_ARRAY = /var<workgroup> \w+: (?:array<)+(f32|vec2f|vec4f)((?:, \d+>)+);/g;
const GLOBAL = /^(?:@group\(0\) @binding\(\d+\) )?(?:fn|struct|const|var<[\w, ]+>) (\w+)/gm;
const STRUCTURE = /(struct \w+ \{[^}]*\})/;
const BYTES = { f32: 4, vec2f: 8, vec4f: 16 };

/** @param knowsSizes whether sizes are literals of the program, which then is one for each shape */
export function programOf(
  { name, source, ...kernel }: Kernel,
  constants: Constants,
  knowsSizes: boolean,
): Program {
  const isLate = knowsSizes || kernel.knowsSizes ? () => undefined : toldLate;
  const { text, sizes } = expand(source, constants, isLate);
  const bindings = [...text.matchAll(/var<storage, (read_write|read)>/g)]
    .map(([, access]): GPUBufferBindingType =>
      access === "read_write" ? "storage" : "read-only-storage"
    );
  const code = withSizes(text, sizes, bindings);
  const [, size] = ENTRY.exec(code) ?? [];
  if (size === undefined) return { name, code, bindings, sizes };
  const [x, y = 1, z = 1] = size.split(",").map(Number);
  const arrays = [...code.matchAll(WORKGROUP_ARRAY)] as unknown as [string, "f32", string][];
  const memory = arrays.map(([, type, lengths]) =>
    [...lengths.matchAll(/\d+/g)].reduce((size, [length]) => size * Number(length), BYTES[type])
  ).reduce((sum, bytes) => sum + bytes, 0);
  const hasBarriers = code.includes("workgroupBarrier");
  const isLight = [...code.matchAll(/\bvar \w+ = /g)].length <= MOST_SUMS_OF_LIGHT;
  return {
    name,
    code,
    bindings,
    sizes,
    body: { workgroup: [x, y, z], threads: x * y * z, hasBarriers, memory, isLight },
  };
}

/** Declares `sizes` behind the other bindings, which it adds to. */
function withSizes(text: string, sizes: Int32Array, bindings: GPUBufferBindingType[]): string {
  if (sizes.length === 0) return text;
  const binding = bindings.push("uniform") - 1;
  const declared = `@group(0) @binding(${binding}) var<uniform> sizes: array<vec4i, ${
    sizes.length / 4
  }>;`;
  return `${declared}\n${text}`;
}

/** Threads of a workgroup that can run any of them; undefined where there is none. */
export function commonThreads(programs: readonly Program[]): number | undefined {
  const threads = Math.max(...programs.map(({ body }) => body?.threads ?? NaN));
  // A barrier waits for all threads of the workgroup.
  const fit = programs.every(({ body }) => body && (!body.hasBarriers || body.threads === threads));
  return fit ? threads : undefined;
}

/**
 * One program that computes what all of these do, each in workgroups of its own. What a thread
 * computes, and in which order, is what it computes in its own program.
 *
 * @param parts whose programs have `commonThreads`, none of which needs what another writes
 * @param knowsSizes as of `programOf`
 * @returns its bindings are those of the parts, one behind the other, and its own sizes
 */
export function joinedProgram(
  parts: readonly Part[],
  knowsSizes: boolean,
): { program: Program; groups: [number, number, number] } {
  const threads = commonThreads(parts.map(({ program }) => program))!;
  const texts: string[] = [], calls: string[] = [], bindings: GPUBufferBindingType[] = [];
  const late = new Told();
  const told = (name: string, value: number) =>
    knowsSizes ? String(value) : late.add(name, value, "i32");
  let end = 0;
  parts.forEach(({ program, groups: [gx, gy, gz] }, i) => {
    const body = program.body!;
    const start = end, total = gx * gy * gz;
    // Small workgroups without barriers go several into one.
    const several = Math.floor(threads / body.threads);
    end += Math.ceil(total / several);
    texts.push(renamed(program.code, `p${i}_`, bindings.length));
    bindings.push(...program.bindings);
    const id = groupId([gx, gy, gz], (name, value) => told(name + i, value));
    const own = `p${i}_main(${id}, ` +
      `${localId(several === 1 ? "index" : `index % ${body.threads}u`, body.workgroup)});`;
    const v = `at - ${told(`start${i}`, start)}`;
    const inside = body.threads === threads
      ? `let v = ${v}; ${own}`
      : `let v = (${v}) * ${several} + i32(index / ${body.threads}u);\n` +
        `    if (v < ${told(`total${i}`, total)} && index < ${several * body.threads}u) { ${own} }`;
    calls.push(`if (at < ${told(`end${i}`, end)}) {\n    ${inside}\n  }`);
  });
  const groupsX = Math.min(end, 32768), groupsY = Math.ceil(end / groupsX);
  const main = `@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let at = i32(group.x) + i32(group.y) * ${told("groups", groupsX)};
  ${calls.join(" else ")}
}`;
  const sizes = late.sizes();
  return {
    program: {
      name: parts.map(({ program }) => program.name).join("+"),
      code: withSizes([...texts, main].join("\n"), sizes, bindings),
      bindings,
      sizes,
    },
    groups: [groupsX, groupsY, 1],
  };
}

/** Of workgroup `v` of a part that has so many; most have them in one direction alone. */
function groupId(
  [gx, gy, gz]: readonly [number, number, number],
  told: (name: string, value: number) => string,
): string {
  if (gy * gz === 1) return "vec3u(u32(v), 0, 0)";
  const x = told("gx", gx);
  if (gz === 1) return `vec3u(vec3i(v % ${x}, v / ${x}, 0))`;
  return `vec3u(vec3i(v % ${x}, v / ${x} % ${told("gy", gy)}, v / ${told("gxy", gx * gy)}))`;
}

function localId(index: string, [x, y]: readonly [number, number, number]): string {
  return `vec3u((${index}) % ${x}u, (${index}) / ${x}u % ${y}u, (${index}) / ${x * y}u)`;
}

/** With names of its own, bindings that begin at `first`, and a plain function for its entry. */
function renamed(code: string, prefix: string, first: number): string {
  const names = new Set([...code.matchAll(GLOBAL)].map(([, name]) => name));
  // What a structure has keeps its name: it is asked for behind a dot.
  const rename = (text: string, end = "") =>
    text.replaceAll(
      new RegExp(`(?<![.\\w])[A-Za-z_]\\w*${end}`, "g"),
      (name) => names.has(name) ? prefix + name : name,
    );
  return code
    .replace(ENTRY, "fn main($2: vec3u, $3: vec3u)")
    .replaceAll(/@binding\((\d+)\)/g, (_, binding) => `@binding(${Number(binding) + first})`)
    .split(STRUCTURE)
    .map((text) => STRUCTURE.test(text) ? rename(text, "\\b(?!\\s*:)") : rename(text))
    .join("");
}
