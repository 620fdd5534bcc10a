/** What modules export, and what they take from each other, read from their syntax. */
import { parse } from "@babel/parser";

const ROOT = new URL("../", import.meta.url);

/** `file#name`, as all names here. */
export type ExportName = string;

export interface ModuleExports {
  /** What it declares or hands on. */
  exports: ExportName[];
  /** Types that another of its exports names: whoever calls that one may want to write them down. */
  signatureTypes: ExportName[];
  /** What it imports by name. */
  uses: ExportName[];
  /** What it hands on, by the name that it gives it; `#*` stands for all that a module exports. */
  handsOn: Map<ExportName, ExportName>;
  /** Modules that it hands on whole. */
  handsOnAll: string[];
  /** Files that it names in a string: loaded by path, whatever they export. */
  loads: string[];
}

// deno-lint-ignore no-explicit-any -- any node of a syntax tree
type Node = any;

const PLUGINS = ["typescript", "importAttributes", "sourcePhaseImports"] as never[];

export async function readExports(path: string): Promise<ModuleExports> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  const { program } = parse(text, { sourceType: "module", plugins: PLUGINS });
  const module: ModuleExports = {
    exports: [],
    signatureTypes: [],
    uses: [],
    handsOn: new Map(),
    handsOnAll: [],
    loads: [],
  };
  const resolve = (specifier: string) =>
    new URL(specifier, new URL(path, ROOT)).href.slice(ROOT.href.length);
  const declared: { name: string; isType: boolean; node: Node }[] = [];
  for (const node of program.body as Node[]) {
    const source: string | undefined = node.source?.value;
    if (node.type === "ImportDeclaration") {
      for (const specifier of node.specifiers) {
        const taken = namesTaken(specifier, program);
        module.uses.push(...taken.map((name) => `${resolve(source!)}#${name}`));
      }
    } else if (node.type === "ExportAllDeclaration") {
      module.handsOnAll.push(resolve(source!));
    } else if (node.type === "ExportDefaultDeclaration") {
      declared.push({ name: "default", isType: false, node });
    } else if (node.type === "ExportNamedDeclaration") {
      declared.push(...namesDeclared(node.declaration));
      for (const { type, exported, local } of node.specifiers) {
        declared.push({ name: exported.name, isType: false, node: undefined });
        if (!source) continue;
        const all = type === "ExportNamespaceSpecifier";
        module.handsOn.set(
          `${path}#${exported.name}`,
          `${resolve(source)}#${all ? "*" : local.name}`,
        );
      }
    }
  }
  module.exports = declared.map(({ name }) => `${path}#${name}`);
  module.signatureTypes = declared.filter(({ isType, name, node }) =>
    isType && declared.some((other) => other.node !== node && namedIn(other.node).has(name))
  ).map(({ name }) => `${path}#${name}`);
  walk(program, (node, parent) => {
    const isFile = node.type === "StringLiteral" && /^[\w./-]+\.[jt]s$/.test(node.value) &&
      !/^(Import|Export)\w*Declaration$/.test(parent?.type);
    if (isFile) module.loads.push(resolve(node.value));
  });
  return module;
}

/** Of `import * as x` what is said of x. */
function namesTaken(specifier: Node, program: Node): string[] {
  if (specifier.type === "ImportDefaultSpecifier") return ["default"];
  if (specifier.type === "ImportSpecifier") return [specifier.imported.name];
  const names: string[] = [];
  walk(program, ({ type, object, property, left, right }) => {
    if (type === "MemberExpression" && object.name === specifier.local.name) {
      names.push(property.name);
    } else if (type === "TSQualifiedName" && left.name === specifier.local.name) {
      names.push(right.name);
    }
  });
  return names;
}

function namesDeclared(node: Node): { name: string; isType: boolean; node: Node }[] {
  if (!node) return [];
  if (node.type !== "VariableDeclaration") {
    const isType = /^TS(Interface|TypeAlias)Declaration$/.test(node.type);
    return [{ name: node.id.name, isType, node }];
  }
  return node.declarations.flatMap(({ id }: Node) =>
    id.type === "Identifier" ? [id.name] : id.properties.map(({ value }: Node) => value.name)
  ).map((name: string) => ({ name, isType: false, node }));
}

/** Names in a declaration, but for what is done in the body of a function. */
function namedIn(declaration: Node): Set<string> {
  const names = new Set<string>();
  walk(declaration, (node) => {
    if (node.type === "Identifier") names.add(node.name);
  }, (node) => node.type === "BlockStatement");
  return names;
}

function walk(
  node: Node,
  visit: (node: Node, parent?: Node) => void,
  skips: (node: Node) => boolean = () => false,
  parent?: Node,
): void {
  if (!node || typeof node !== "object") return;
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit, skips, parent);
  } else if (typeof node.type === "string" && !skips(node)) {
    visit(node, parent);
    for (const key in node) {
      if (!/^(loc|.*Comments|extra)$/.test(key)) walk(node[key], visit, skips, node);
    }
  }
}
