/** A kernel's WGSL for one set of constants, and several of them as one program. */
import { type Constants, expand } from "./expand.ts";

/** A WGSL file: its name, for labels and timings, and its text. */
export interface Kernel {
  name: string;
  source: string;
}

/** Of storage buffers in group 0, in their order, and an entry point `main`. */
export interface Program {
  name: string;
  code: string;
  /** Whether each binding is written. */
  written: boolean[];
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

/** Products keep dozens. */
const MOST_SUMS_OF_LIGHT = 6;

const ENTRY =
  /@compute @workgroup_size\(([\d, ]+)\)\s*fn main\(@builtin\(workgroup_id\) (\w+): vec3u, @builtin\(local_invocation_id\) (\w+): vec3u\)/;
const WORKGROUP_ARRAY = /var<workgroup> \w+: (?:array<)+(f32|vec2f|vec4f)((?:, \d+>)+);/g;
const GLOBAL = /^(?:@group\(0\) @binding\(\d+\) )?(?:fn|struct|const|var<[\w, ]+>) (\w+)/gm;
const STRUCTURE = /(struct \w+ \{[^}]*\})/;
const BYTES = { f32: 4, vec2f: 8, vec4f: 16 };

export function programOf({ name, source }: Kernel, constants: Constants): Program {
  const code = expand(source, constants);
  const written = [...code.matchAll(/var<storage, (read_write|read)>/g)]
    .map(([, access]) => access === "read_write");
  const [, size] = ENTRY.exec(code) ?? [];
  if (size === undefined) return { name, code, written };
  const [x, y = 1, z = 1] = size.split(",").map(Number);
  const arrays = [...code.matchAll(WORKGROUP_ARRAY)] as unknown as [string, "f32", string][];
  const sizes = arrays.map(([, type, lengths]) =>
    [...lengths.matchAll(/\d+/g)].reduce((size, [length]) => size * Number(length), BYTES[type])
  );
  const memory = sizes.reduce((sum, size) => sum + size, 0);
  const hasBarriers = code.includes("workgroupBarrier");
  const isLight = [...code.matchAll(/\bvar \w+ = /g)].length <= MOST_SUMS_OF_LIGHT;
  return {
    name,
    code,
    written,
    body: { workgroup: [x, y, z], threads: x * y * z, hasBarriers, memory, isLight },
  };
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
 * @returns its bindings are those of the parts, one behind the other
 */
export function joinedProgram(
  parts: readonly Part[],
): { program: Program; groups: [number, number, number] } {
  const threads = commonThreads(parts.map(({ program }) => program))!;
  const texts: string[] = [], calls: string[] = [];
  let bindings = 0, end = 0;
  parts.forEach(({ program, groups: [gx, gy, gz] }, i) => {
    const body = program.body!;
    const start = end, total = gx * gy * gz;
    // Small workgroups without barriers go several into one.
    const several = Math.floor(threads / body.threads);
    end += Math.ceil(total / several);
    texts.push(renamed(program.code, `p${i}_`, bindings));
    bindings += program.written.length;
    const own = `p${i}_main(vec3u(v % ${gx}u, v / ${gx}u % ${gy}u, v / ${gx * gy}u), ` +
      `${localId(several === 1 ? "index" : `index % ${body.threads}u`, body.workgroup)});`;
    const inside = body.threads === threads
      ? `let v = at - ${start}u; ${own}`
      : `let v = (at - ${start}u) * ${several}u + index / ${body.threads}u;\n` +
        `    if (v < ${total}u && index < ${several * body.threads}u) { ${own} }`;
    calls.push(`if (at < ${end}u) {\n    ${inside}\n  }`);
  });
  const groupsX = Math.min(end, 32768), groupsY = Math.ceil(end / groupsX);
  const main = `@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let at = group.x + group.y * ${groupsX}u;
  ${calls.join(" else ")}
}`;
  return {
    program: {
      name: parts.map(({ program }) => program.name).join("+"),
      code: [...texts, main].join("\n"),
      written: parts.flatMap(({ program }) => program.written),
    },
    groups: [groupsX, groupsY, 1],
  };
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
