import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { RgbImage } from "../../data/image.ts";
import { batchGrid, drawBatchGrid } from "../../report/batch_grid.ts";
import { FONT_FILES } from "../../report/fonts.ts";
import { drawPredictionGrid, predictionGrid } from "../../report/prediction_grid.ts";
import { rasterise } from "../../report/rasterise.ts";
import { box, type Picture, picture, text } from "../../report/svg.ts";
import { drawTitledPhoto, titledPhoto } from "../../report/titled_photo.ts";
import { drawTrainingCurves, trainingCurves } from "../../report/training_curves.ts";
import { decodeWithImagescript } from "./decode_with_imagescript.ts";
import { painted, pixel, plain, type Rgb } from "./photos.ts";
import { all, number, parseSvg } from "./svg_parts.ts";

const WHITE: Rgb = [255, 255, 255];
const COLOURS: Rgb[] = [[200, 40, 30], [20, 160, 60], [30, 60, 210], [240, 200, 20]];

/** Where a picture's photos come to lie among its pixels. */
function photosIn({ svg, pixelRatio }: Picture) {
  return parseSvg(svg).children.flatMap((tile) => {
    const [dx, dy] = tile.name === "svg" ? [number(tile, "x"), number(tile, "y")] : [0, 0];
    return all(tile, "image").map((image) => ({
      x: (dx + number(image, "x")) * pixelRatio,
      y: (dy + number(image, "y")) * pixelRatio,
      width: number(image, "width") * pixelRatio,
      height: number(image, "height") * pixelRatio,
    }));
  });
}

Deno.test("each photo of a grid is drawn in its own colours from edge to edge", async () => {
  const tiles = COLOURS.map((colour) => ({ image: plain(colour), title: "ants" }));
  const drawn = drawBatchGrid(tiles);
  const png = await decodeWithImagescript(await batchGrid(tiles));
  assert.deepEqual([png.width, png.height], [drawn.width * 1.5, drawn.height * 1.5]);
  const photos = photosIn(drawn);
  assert.equal(photos.length, COLOURS.length);
  photos.forEach(({ x, y, width, height }, i) => {
    for (const [px, py] of [[x, y], [x + width - 1, y + height - 1], [x + 90, y + 50]]) {
      assert.deepEqual(pixel(png, px, py), COLOURS[i]);
    }
    assert.deepEqual(pixel(png, x - 1, y), WHITE);
    assert.deepEqual(pixel(png, x + width, y), WHITE);
  });
});

Deno.test("a photo is drawn upright, pixel for pixel as it was resized", async () => {
  const image = painted(240, 120, (x, y) => COLOURS[(x < 120 ? 0 : 1) + (y < 60 ? 0 : 2)]);
  const prediction = { predicted: "bees", probability: 0.5 };
  const [{ x, y, width, height }] = photosIn(drawTitledPhoto(image, prediction));
  const png = await decodeWithImagescript(await titledPhoto(image, prediction));
  const corners = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]];
  corners.forEach(([right, down], i) =>
    assert.deepEqual(pixel(png, x + width * right, y + height * down), COLOURS[i])
  );
});

Deno.test("a wrong prediction is framed in the colour of its mark, a right one is not", async () => {
  const image = plain([9, 9, 9]);
  const tiles = ["bees", "ants"].map((actual) => ({
    image,
    predicted: "bees",
    probability: 1,
    actual,
  }));
  const [right, wrong] = photosIn(drawPredictionGrid(tiles, { title: "x" }));
  const png = await decodeWithImagescript(await predictionGrid(tiles, { title: "x" }));
  assert.deepEqual(pixel(png, right.x + 1, right.y + 100), [9, 9, 9]);
  const [red, green, blue] = pixel(png, wrong.x + 1, wrong.y + 100);
  assert.ok(red > 180 && green < 100 && blue < 50, "orange");
});

Deno.test("titles leave ink, in any script that the fonts have", async () => {
  const ink = async (title: string) => {
    const png = await decodeWithImagescript(
      await rasterise(picture(300, 40, title, text(10, 26, title, { size: 20, weight: 600 }))),
    );
    return darkness(png);
  };
  const nothing = await ink("");
  assert.equal(nothing, 0);
  for (const title of ["bees", "γάτα", "щенок", "قطة", "חתול", "☂"]) {
    assert.ok(await ink(title) > 50, title);
  }
  // A box for what they lack, and boxes for control characters, are ink too.
  assert.ok(await ink("猫") > 50);
  assert.ok(await ink("\0") > 20);
});

Deno.test("what sticks out of its box is cut off", async () => {
  const long = text(0, 20, "W".repeat(100), { size: 20 });
  const png = await decodeWithImagescript(
    await rasterise(picture(200, 40, "", box(20, 0, 100, 40, long))),
  );
  const columns = Array.from(
    { length: png.width },
    (_, x) =>
      Array.from({ length: png.height }, (_, y) => pixel(png, x, y)[0]).some((red) => red < 128),
  );
  const inked = columns.flatMap((dark, x) => dark ? [x] : []);
  assert.ok(inked[0] >= 40 && inked[0] < 60);
  assert.ok(inked[inked.length - 1] < 240 && inked[inked.length - 1] > 200);
});

Deno.test("the renderer takes any name, and the picture keeps its size", async () => {
  const name = fc.string({ unit: "binary", maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(name, name, async (predicted, title) => {
      const tiles = [{
        image: plain(COLOURS[2], 2, 2),
        predicted,
        probability: 0.5,
        actual: title,
      }];
      const { width, height } = drawPredictionGrid(tiles, { title });
      const png = await predictionGrid(tiles, { title });
      assert.deepEqual(sizeOf(png), { width: width * 1.5, height: height * 1.5 });
    }),
    { numRuns: 10 },
  );
});

Deno.test("diagrams are drawn at twice their size", async () => {
  const epoch = {
    epoch: 0,
    lr: 0.001,
    train: { loss: NaN, accuracy: 0.5 },
    val: { loss: 0.4, accuracy: 0.8 },
  };
  const history = { epochs: [epoch], best: { epoch: 0, accuracy: 0.8 } };
  const branches = [{ name: "finetune", history }];
  const drawn = drawTrainingCurves({ branches });
  const png = await decodeWithImagescript(await trainingCurves({ branches }));
  assert.deepEqual([png.width, png.height], [drawn.width * 2, drawn.height * 2]);
  assert.ok(darkness(png) > 1000);
});

Deno.test("a picture too large to draw at once is drawn coarser", async () => {
  const { width, height } = sizeOf(await rasterise(picture(6000, 4000, "", "")));
  assert.ok(width * height <= 12.1e6 && width > 4000);
});

Deno.test("drawing needs to read its fonts and nothing else", async () => {
  const draw = async (permissions: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        ...permissions,
        fileURLToPath(import.meta.resolve("./draw_one_picture.ts")),
      ],
    }).output();
    return { success, stdout, errors: new TextDecoder().decode(stderr) };
  };
  const { success, stdout, errors } = await draw([`--allow-read=${FONT_FILES.join(",")}`]);
  assert.ok(success, errors);
  assert.equal((await decodeWithImagescript(stdout)).width, 456);
  const refused = await draw([]);
  assert.ok(!refused.success);
  assert.match(refused.errors, /Requires read access to .*Inter_400Regular\.ttf/);
});

Deno.test("the fonts' packages are imported, so that Deno downloads them", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fileURLToPath(import.meta.resolve("../../report/mod.ts"))],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const imported = modules.map(({ specifier }: { specifier: string }) =>
    specifier.match(/^npm:\/(@?[^@]+)@/)?.[1]
  );
  for (const path of FONT_FILES) {
    assert.ok(imported.some((name?: string) => name && path.includes(`/${name}/`)), path);
  }
});

/** The size in a PNG's header. */
function sizeOf(png: Uint8Array<ArrayBuffer>): { width: number; height: number } {
  const header = new DataView(png.buffer, png.byteOffset);
  return { width: header.getUint32(16), height: header.getUint32(20) };
}

/** Pixels that are darker than half. */
function darkness({ data }: RgbImage): number {
  let dark = 0;
  for (let i = 0; i < data.length; i += 3) if (data[i] + data[i + 1] + data[i + 2] < 384) dark++;
  return dark;
}
