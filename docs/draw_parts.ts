/**
 * Draws "photos" of small metal parts, free for any use: something to try graft on without a data
 * set, and what the README's pictures show. `deno run -A docs/draw_parts.ts FOLDER`; with `--messy` a
 * folder as people have them: not divided, a class with few photos, copies, wrong folders, a file that
 * is cut short.
 */
import { rasterise } from "../report/rasterise.ts";
import { Generator } from "../data/torch_random.ts";

const SIDE = 320;
const COUNTS = { train: 24, val: 9 };
const DIVIDED = ["nut", "screw", "washer"];
const MESSY_COUNTS = { bolt: 6, nut: 24, screw: 24, washer: 24 };

/** SVG of one part of about 100 units across, centred on the origin, lit from above. */
const PARTS: Record<string, string> = {
  nut: `<polygon points="50,0 25,43 -25,43 -50,0 -25,-43 25,-43" fill="url(#metal)"/>
        <circle r="34" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="3"/>
        <circle r="25" fill="#2b2724"/><circle r="25" fill="none" stroke="#777" stroke-width="5"/>`,
  screw: `<rect x="-9" y="-30" width="18" height="80" fill="url(#metal)"/>
        ${threads()}<polygon points="-9,50 9,50 0,64" fill="#777"/>
        <path d="M-30,-30 Q0,-62 30,-30 Z" fill="url(#metal)"/>
        <rect x="-16" y="-44" width="32" height="5" fill="#333"/>`,
  bolt: `<rect x="-9" y="-30" width="18" height="80" fill="url(#metal)"/>
        ${threads()}<polygon points="-30,-34 -18,-54 18,-54 30,-34" fill="url(#metal)"/>
        <rect x="-30" y="-36" width="60" height="7" fill="#666"/>`,
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
function drawPart(part: string, random: Generator, [small, large] = [0.8, 1.7]): string {
  const pick = (from: number, to: number) => random.uniform(from, to);
  const hue = pick(15, 45), light = pick(25, 70);
  const place = `translate(${pick(120, 200)} ${pick(120, 200)}) rotate(${pick(0, 360)}) ` +
    `scale(${pick(small, large)})`;
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

async function writePart(
  path: string,
  part: string,
  random: Generator,
  scale?: [number, number],
): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const picture = { svg: drawPart(part, random, scale), width: SIDE, height: SIDE, pixelRatio: 1 };
  await Deno.writeFile(path, await rasterise(picture));
}

/** Divided into train and val. */
export async function drawParts(folder: string): Promise<void> {
  const random = new Generator(1);
  for (const [split, count] of Object.entries(COUNTS)) {
    for (const part of DIVIDED) {
      for (let i = 0; i < count; i++) {
        await writePart(`${folder}/${split}/${part}/${part}_${i}.png`, part, random);
      }
    }
  }
}

/** As people have them: see above. */
export async function drawMessyParts(folder: string): Promise<void> {
  const random = new Generator(2);
  for (const [part, count] of Object.entries(MESSY_COUNTS)) {
    for (let i = 0; i < count; i++) {
      await writePart(`${folder}/${part}/${part}_${i}.png`, part, random, [0.25, 1.7]);
    }
  }
  await Deno.copyFile(`${folder}/nut/nut_1.png`, `${folder}/nut/nut_1 (copy).png`);
  await Deno.copyFile(`${folder}/nut/nut_2.png`, `${folder}/nut/old nut.png`);
  await Deno.copyFile(`${folder}/screw/screw_3.png`, `${folder}/washer/IMG_3.png`);
  for (const i of [0, 1]) await writePart(`${folder}/nut/IMG_${i}.png`, "washer", random);
  const whole = await Deno.readFile(`${folder}/screw/screw_0.png`);
  await Deno.writeFile(`${folder}/screw/broken.png`, whole.subarray(0, whole.length / 3));
  await Deno.writeTextFile(`${folder}/notes.txt`, "from the workshop");
}

if (import.meta.main) {
  const [folder] = Deno.args.filter((arg) => arg !== "--messy");
  if (!folder) {
    console.error("usage: deno run -A docs/draw_parts.ts FOLDER [--messy]");
    Deno.exit(2);
  }
  if (Deno.args.includes("--messy")) await drawMessyParts(folder);
  else await drawParts(folder);
  console.log(`drew metal parts into ${folder}`);
}
