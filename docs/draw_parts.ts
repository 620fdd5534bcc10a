/**
 * Draws "photos" of small metal parts, free for any use: something to try graft on without a data
 * set, and what the README's pictures show. `deno run -A docs/draw_parts.ts FOLDER`
 */
import { rasterise } from "../report/rasterise.ts";
import { Generator } from "../data/torch_random.ts";

const SIDE = 320;
const COUNTS = { train: 24, val: 9 };

/** SVG of one part of about 100 units across, centred on the origin, lit from above. */
const PARTS: Record<string, string> = {
  nut: `<polygon points="50,0 25,43 -25,43 -50,0 -25,-43 25,-43" fill="url(#metal)"/>
        <circle r="34" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="3"/>
        <circle r="25" fill="#2b2724"/><circle r="25" fill="none" stroke="#777" stroke-width="5"/>`,
  screw: `<rect x="-9" y="-30" width="18" height="80" fill="url(#metal)"/>
        ${threads()}<polygon points="-9,50 9,50 0,64" fill="#777"/>
        <path d="M-30,-30 Q0,-62 30,-30 Z" fill="url(#metal)"/>
        <rect x="-16" y="-44" width="32" height="5" fill="#333"/>`,
  washer: `<circle r="48" fill="url(#metal)"/>
        <circle r="42" fill="none" stroke="#fff" stroke-opacity=".3" stroke-width="2"/>
        <circle r="20" fill="#2b2724"/><circle r="21" fill="none" stroke="#888" stroke-width="2"/>`,
};

function threads(): string {
  return Array.from(
    { length: 9 },
    (_, i) => `<path d="M-11,${-20 + 8 * i} L11,${-24 + 8 * i}" stroke="#444" stroke-width="2"/>`,
  ).join("");
}

/** Whole numbers: the renderer knows no others in a colour. */
function hsl(hue: number, saturation: number, light: number): string {
  return `hsl(${Math.round(hue)}, ${saturation}%, ${Math.round(light)}%)`;
}

/** A table top, a shadow, a part turned and scaled at random, and some grain over it all. */
function drawPart(part: string, random: Generator): string {
  const pick = (from: number, to: number) => random.uniform(from, to);
  const hue = pick(15, 45), light = pick(25, 70);
  const place = `translate(${pick(120, 200)} ${pick(120, 200)}) rotate(${pick(0, 360)}) ` +
    `scale(${pick(0.8, 1.7)})`;
  const planks = Array.from(
    { length: 14 },
    (_, i) =>
      `<rect x="0" y="${i * 24 + pick(-4, 4)}" width="${SIDE}" height="${pick(2, 22)}" ` +
      `fill="${hsl(hue, 30, light + pick(-6, 6))}"/>`,
  ).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}">
    <defs>
      <linearGradient id="metal" x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color="${hsl(pick(30, 220), 8, pick(75, 95))}"/>
        <stop offset=".5" stop-color="${hsl(210, 6, pick(45, 65))}"/>
        <stop offset="1" stop-color="${hsl(210, 8, pick(20, 40))}"/>
      </linearGradient>
      <filter id="shadow"><feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  0 0 0 .5 0"/>
        <feGaussianBlur stdDeviation="4"/></filter>
      <filter id="grain"><feTurbulence baseFrequency=".8" seed="${random.randint(0, 999)}"/>
        <feColorMatrix values="0 0 0 0 .5  0 0 0 0 .5  0 0 0 0 .5  .35 0 0 0 0"/></filter>
    </defs>
    <rect width="${SIDE}" height="${SIDE}" fill="${hsl(hue, 30, light)}"/>${planks}
    <g transform="translate(7 9) ${place}" filter="url(#shadow)">${PARTS[part]}</g>
    <g transform="${place}">${PARTS[part]}</g>
    <rect width="${SIDE}" height="${SIDE}" filter="url(#grain)"/>
  </svg>`;
}

const [folder] = Deno.args;
if (!folder) {
  console.error("usage: deno run -A docs/draw_parts.ts FOLDER");
  Deno.exit(2);
}
const random = new Generator(1);
for (const [split, count] of Object.entries(COUNTS)) {
  for (const part of Object.keys(PARTS)) {
    await Deno.mkdir(`${folder}/${split}/${part}`, { recursive: true });
    for (let i = 0; i < count; i++) {
      const picture = { svg: drawPart(part, random), width: SIDE, height: SIDE, pixelRatio: 1 };
      await Deno.writeFile(`${folder}/${split}/${part}/${part}_${i}.png`, await rasterise(picture));
    }
  }
}
console.log(`drew ${Object.keys(PARTS).join(", ")} into ${folder}`);
