import assert from "node:assert/strict";
import { shortcutFindings } from "../../../data/doctor/shortcut_findings.ts";
import type { Examined } from "../../../data/examined.ts";
import { fingerprintOf } from "../../../data/fingerprint.ts";
import { lookOf } from "../../../data/look.ts";
import type { RgbImage } from "../../../data/image.ts";
import { resize } from "../../../data/resize.ts";
import { scene } from "../scene.ts";

const ENCODING = {
  format: "jpeg",
  bits: 8,
  cmyk: false,
  animated: false,
  orientation: 1,
} as const;
const COUNT = 12;

const examined = (className: string, i: number, image: RgbImage, camera?: string): Examined => ({
  path: `${className}/${i}.jpg`,
  className,
  photo: {
    width: image.width,
    height: image.height,
    sha256: `${className} ${i}`,
    encoding: ENCODING,
    look: lookOf(image),
    fingerprint: fingerprintOf(image),
    ...(camera && { camera }),
  },
});

/** Photos of ants and bees, those of bees changed. */
function twoClasses(change: (image: RgbImage) => RgbImage, camera?: string): Examined[] {
  return Array.from({ length: COUNT }, (_, i) => [
    examined("ants", i, scene(i, 120, 90), camera && "Old One"),
    examined("bees", i, change(scene(100 + i, 120, 90)), camera),
  ]).flat();
}

const each = (image: RgbImage, change: (value: number) => number): RgbImage => ({
  ...image,
  data: Uint8Array.from(image.data, (value) => Math.max(0, Math.min(255, change(value)))),
});

/** A white frame of a tenth of the sides. */
function framed({ width, height, data }: RgbImage): RgbImage {
  const out = data.slice();
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isFrame = Math.min(x / width, y / height, 1 - x / width, 1 - y / height) < 0.1;
    if (isFrame) out.fill(255, 3 * i, 3 * i + 3);
  }
  return { width, height, data: out };
}

const blurred = (image: RgbImage) => resize(resize(image, 12, 9), 120, 90);

const KINDS: [string, (image: RgbImage) => RgbImage, RegExp][] = [
  [
    "brightness",
    (image) => each(image, (value) => value / 4),
    /ants are brighter than those of the other/,
  ],
  ["blur", blurred, /ants are sharper than those of the other class/],
  ["frames", framed, /ants are less even at the edges/],
  [
    "colour",
    (image) => ({ ...image, data: image.data.map((value, i) => i % 3 === 0 ? value : value / 2) }),
    /bees are redder than those of the other class/,
  ],
  ["size", (image) => resize(image, 60, 45), /ants are larger/],
];

for (const [name, change, title] of KINDS) {
  Deno.test(`${name} that gives the class away is found, once`, () => {
    const found = shortcutFindings(twoClasses(change)).filter((one) => title.test(one.title));
    assert.equal(found.length, 1, JSON.stringify(shortcutFindings(twoClasses(change))));
    assert.equal(found[0].severity, "warning");
    assert.match(found[0].title, /tells (\d+|>99.*)% of pairs apart/);
  });
}

Deno.test("photos of classes that were taken alike give nothing away, nor do a few photos", () => {
  assert.deepEqual(shortcutFindings(twoClasses((image) => image)), []);
  const few = twoClasses((image) => each(image, (value) => value / 4)).slice(0, 14);
  assert.deepEqual(shortcutFindings(few), []);
  const one = twoClasses((image) => image).map((file) => ({ ...file, className: "ants" }));
  assert.deepEqual(shortcutFindings(one), []);
});

Deno.test("of three classes the one that is darker is named, with its camera", () => {
  const wasps = Array.from(
    { length: COUNT },
    (_, i) => examined("wasps", i, each(scene(200 + i, 120, 90), (value) => value / 5), "New One"),
  );
  const found = shortcutFindings([...twoClasses((image) => image, "Old One"), ...wasps]);
  const titles = found.map(({ title }) => title);
  assert.ok(
    titles.some((title) => /^photos of wasps are darker than those of other classes/.test(title)),
  );
  assert.ok(
    titles.some((title) =>
      /^100% of the photos of wasps are by the camera New One, 0%/.test(title)
    ),
  );
  assert.ok(titles.every((title) => !/bees are/.test(title)), titles.join("\n"));
});

Deno.test("brightness is the mean, an even border has no deviation, blur takes sharpness", () => {
  const grey = { width: 40, height: 30, data: new Uint8Array(3600).fill(77) };
  const look = lookOf(grey);
  assert.ok(Math.abs(look.brightness - 77) < 1e-9);
  assert.ok(look.border < 1e-6 && look.sharpness < 1e-6);
  const image = scene(5, 120, 90);
  assert.ok(lookOf(blurred(image)).sharpness < lookOf(image).sharpness / 1.5);
  assert.ok(lookOf(framed(image)).border < 1);
});
