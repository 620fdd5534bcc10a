import assert from "node:assert/strict";
import fc from "fast-check";
import { drawBatchGrid } from "../../report/batch_grid.ts";
import { drawPredictionGrid } from "../../report/prediction_grid.ts";
import type { Picture } from "../../report/svg.ts";
import { textWidth } from "../../report/text.ts";
import { painted, plain, type Rgb } from "./photos.ts";
import { all, type Element, number, parseSvg, textsOf } from "./svg_parts.ts";

const BLUE: Rgb = [10, 60, 200];

/** The tiles of a grid, checked to lie within the picture and apart from each other. */
function tilesOf(picture: Picture): Element[] {
  const root = parseSvg(picture.svg);
  assert.equal(number(root, "width"), picture.width);
  assert.equal(number(root, "height"), picture.height);
  const tiles = root.children.filter(({ name }) => name === "svg");
  const boxes = tiles.map((tile) => {
    const [x, y] = [number(tile, "x"), number(tile, "y")];
    return { x, y, right: x + number(tile, "width"), bottom: y + number(tile, "height") };
  });
  boxes.forEach((a, i) => {
    assert.ok(a.x >= 0 && a.y >= 0 && a.right <= picture.width && a.bottom <= picture.height);
    for (const b of boxes.slice(i + 1)) {
      assert.ok(a.right <= b.x || b.right <= a.x || a.bottom <= b.y || b.bottom <= a.y);
    }
  });
  return tiles;
}

Deno.test("a batch grid has a tile a photo, each below its class, in order", () => {
  const titles = ["ants", "bees", "bees", "ants"];
  const tiles = tilesOf(drawBatchGrid(titles.map((title) => ({ image: plain(BLUE), title }))));
  assert.deepEqual(tiles.map((tile) => textsOf(tile)), titles.map((title) => [title]));
  for (const tile of tiles) {
    const [image, title] = [all(tile, "image")[0], all(tile, "text")[0]];
    assert.ok(number(title, "y") < number(image, "y"));
    assert.match(image.attributes.href, /^data:image\/png;base64,/);
  }
});

Deno.test("grids of any size and any names are well-formed, and tiles stay apart", () => {
  const name = fc.string({ unit: "binary", maxLength: 60 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 9 }), name, (names, title) => {
      const image = plain(BLUE, 1, 1);
      const batch = names.map((title) => ({ image, title }));
      assert.equal(tilesOf(drawBatchGrid(batch, { title })).length, names.length);
      const predictions = names.map((predicted) => ({
        image,
        predicted,
        probability: 0.5,
        actual: title,
      }));
      assert.equal(tilesOf(drawPredictionGrid(predictions, { title })).length, names.length);
    }),
    { numRuns: 25 },
  );
});

Deno.test("names with markup, quotes and control characters are shown, not obeyed", () => {
  const hostile = `</text><script>alert("&amp;'")</script>`;
  const root = parseSvg(
    drawBatchGrid([{ image: plain(BLUE), title: "<b>&\"'\0" }], { title: hostile, columns: 4 }).svg,
  );
  assert.ok(textsOf(root).includes("<b>&\"'□"));
  assert.equal(root.attributes["aria-label"], hostile);
  assert.deepEqual(all(root, "script"), []);
});

Deno.test("a long name is shortened to its tile", () => {
  const [tile] = tilesOf(drawBatchGrid([{ image: plain(BLUE), title: "W".repeat(500) }]));
  const [shown] = textsOf(tile);
  assert.match(shown, /^W{5,20}…$/);
});

Deno.test("columns say how many tiles stand side by side", () => {
  const tiles = Array.from({ length: 7 }, () => ({ image: plain(BLUE), title: "ants" }));
  const columns = new Set(
    tilesOf(drawBatchGrid(tiles, { columns: 3 })).map((tile) => number(tile, "x")),
  );
  assert.equal(columns.size, 3);
});

Deno.test("no tiles, and columns that are none, are refused", () => {
  assert.throws(() => drawBatchGrid([]), /at least one tile/);
  assert.throws(() => drawPredictionGrid([], { title: "x" }), /at least one tile/);
  for (const columns of [0, -1, 1.5, NaN]) {
    const tiles = [{ image: plain(BLUE), title: "ants" }];
    assert.throws(() => drawBatchGrid(tiles, { columns }), /whole number, 1 or more/);
  }
});

Deno.test("a photo whose bytes do not fit its size is refused", () => {
  const image = { ...plain(BLUE), width: 9 };
  assert.throws(() => drawBatchGrid([{ image, title: "ants" }]), /9×8 pixels has 192 bytes/);
});

Deno.test("right, wrong and unlabelled predictions differ in mark, colour and words", () => {
  const image = plain(BLUE);
  const [right, wrong, unknown] = tilesOf(drawPredictionGrid([
    { image, predicted: "bees", probability: 0.9872, actual: "bees" },
    { image, predicted: "bees", probability: 0.61, actual: "ants" },
    { image, predicted: "bees", probability: 0.75 },
  ], { title: "Finetuned" }));
  const verdicts = (tile: Element) =>
    all(tile, "g").map(({ attributes }) => attributes["data-verdict"]);
  assert.deepEqual(textsOf(right), ["predicted: bees", "98.7%"]);
  assert.deepEqual(textsOf(wrong), ["predicted: bees", "61.0%", "actually ants"]);
  assert.deepEqual(textsOf(unknown), ["predicted: bees", "75.0%"]);
  assert.deepEqual([right, wrong, unknown].map(verdicts), [["right"], ["wrong"], []]);
  const paths = [right, wrong].map((tile) => all(tile, "path")[0].attributes.d);
  assert.notEqual(paths[0], paths[1]);
  const colours = [right, wrong, unknown].map((tile) => all(tile, "text")[1].attributes.fill);
  assert.equal(new Set(colours).size, 3);
});

Deno.test("the bar below a photo is as long as the prediction is probable", () => {
  const filled = [0, 0.25, 1, NaN, 7, -1].map((probability) => {
    const tiles = [{ image: plain(BLUE), predicted: "bees", probability }];
    const [tile] = tilesOf(drawPredictionGrid(tiles, { title: "x" }));
    const [track, bar] = all(tile, "rect");
    return number(bar, "width") / number(track, "width");
  });
  assert.deepEqual(filled, [0, 0.25, 1, 0, 1, 0]);
});

Deno.test("the heading counts what is right, of what is known", () => {
  const image = plain(BLUE);
  const heading = (...actuals: (string | undefined)[]) =>
    textsOf(parseSvg(
      drawPredictionGrid(
        actuals.map((actual) => ({ image, predicted: "bees", probability: 1, actual })),
        { title: "Frozen" },
      ).svg,
    )).slice(0, 2);
  assert.deepEqual(heading("bees", "ants", undefined), ["Frozen", "1 of 2 correct"]);
  assert.deepEqual(heading(undefined, undefined), ["Frozen", "2 photos"]);
});

Deno.test("an embedded photo is the middle of the photo", () => {
  // Red, green and blue thirds: of a photo three times as long as wide only green fills a square.
  const third: Rgb[] = [[255, 0, 0], [0, 255, 0], [0, 0, 255]];
  const photos = [
    painted(90, 30, (x) => third[Math.floor(x / 30)]),
    painted(30, 90, (_, y) => third[Math.floor(y / 30)]),
    plain(third[1], 30, 30),
  ];
  const tiles = tilesOf(drawBatchGrid(photos.map((image) => ({ image, title: "ants" }))));
  const [across, down, green] = tiles.map((tile) => all(tile, "image")[0].attributes.href);
  assert.equal(across, green);
  assert.equal(down, green);
});

Deno.test("a long title ends within the picture", () => {
  const tiles = [{ image: plain(BLUE), title: "ants" }];
  const { svg, width } = drawBatchGrid(tiles, { title: "W".repeat(300) });
  const [title] = all(parseSvg(svg), "text");
  assert.ok(title.text.endsWith("…"));
  assert.ok(number(title, "x") + textWidth(title.text, number(title, "font-size")) <= width);
});

Deno.test("a tile names its file, and what stands in place of a label that is not given", () => {
  const image = plain(BLUE);
  const path = "a/very/long/way/to/the/folder/of/bees/72100438_73de9f17af.jpg";
  const [given, withheld] = tilesOf(drawPredictionGrid([
    { image, predicted: "bees", probability: 0.75, path },
    { image, predicted: "bees", probability: 0.75, withheld: "none of these?", path: "b.jpg" },
  ], { title: "Predictions" })).map((tile) => textsOf(tile));
  assert.deepEqual(given, ["predicted: bees", "75.0%", "…/of/bees/72100438_73de9f17af.jpg"]);
  assert.deepEqual(withheld, ["none of these?", "nearest: bees 75.0%", "b.jpg"]);
});
