/** Reads pictures back, as a stranger to how they are built would. */

/** An element of an SVG document. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** The text directly inside. */
  text: string;
}

const TOKEN = /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*) ?(\/?)>|([^<>]+)/gy;
const ENTITY: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#160": "\u00a0",
};

/** Parses a document, and throws at whatever is not well-formed XML of the simple kind. */
export function parseSvg(svg: string): Element {
  // Characters that XML 1.0 has no place for: https://www.w3.org/TR/xml/#charsets
  const alien = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(svg);
  if (alien) throw new Error(`U+${alien[0].charCodeAt(0).toString(16)} in XML`);
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < svg.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(svg);
    if (!match) throw new Error(`no XML: ${svg.slice(at, at + 80)}`);
    const [, closing, name, attributes, alone, text] = match;
    const parent = open[open.length - 1];
    if (text !== undefined) {
      parent.text += unescapeXml(text);
    } else if (closing) {
      if (open.pop()!.name !== name) throw new Error(`</${name}> closes ${parent.name}`);
    } else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: "" };
      parent.children.push(element);
      if (!alone) open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error("not one closed element");
  return root.children[0];
}

/** All elements of a kind, in document order. */
export function all(element: Element, name: string): Element[] {
  const inside = element.children.flatMap((child) => all(child, name));
  return element.name === name ? [element, ...inside] : inside;
}

/** An element, and where its origin lies in the picture: a point's, a text's, a path's zero. */
export interface Placed {
  element: Element;
  x: number;
  y: number;
}

/** As `all`, each with its place: that of the boxes and shifts around it, and its own shift. */
export function allPlaced(element: Element, name: string, x = 0, y = 0): Placed[] {
  const { transform = "", x: left = "0", y: top = "0" } = element.attributes;
  const [, dx = "0", dy = "0"] = /^translate\(([-\d.]+),([-\d.]+)\)$/.exec(transform) ?? [];
  if (element.name === "svg") [x, y] = [x + Number(left), y + Number(top)];
  [x, y] = [x + Number(dx), y + Number(dy)];
  const inside = element.children.flatMap((child) => allPlaced(child, name, x, y));
  return element.name === name ? [{ element, x, y }, ...inside] : inside;
}

/** The place of the one text that reads so. */
export function placeOf(root: Element, text: string): Placed {
  const found = allPlaced(root, "text").filter(({ element }) => element.text === text);
  if (found.length !== 1) throw new Error(`${found.length} times "${text}" in ${textsOf(root)}`);
  return found[0];
}

/** What all texts of a picture say. */
export const textsOf = (element: Element): string[] => all(element, "text").map(({ text }) => text);

/** An attribute that is a number. */
export function number(element: Element, attribute: string): number {
  const value = Number(element.attributes[attribute]);
  if (!Number.isFinite(value)) throw new Error(`${element.name} ${attribute} is no number`);
  return value;
}

function attributesOf(source: string): Record<string, string> {
  return Object.fromEntries(
    [...source.matchAll(/ ([a-zA-Z0-9:-]+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      unescapeXml(value),
    ]),
  );
}

function unescapeXml(source: string): string {
  return source.replace(/&([^;]*);?/g, (whole, entity) => {
    if (!(entity in ENTITY) || !whole.endsWith(";")) throw new Error(`${whole} is no entity`);
    return ENTITY[entity];
  });
}
