/** The review's page in a real browser, by the keyboard alone. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startReviewServer } from "../../../../app/review/review_server.ts";
import { reviewFiles } from "../../../../app/review/page_files.ts";
import { changesOf } from "../../../../data/review/journal.ts";
import { readJournal } from "../../../../data/review/journal_file.ts";
import { withTempFolder } from "../../../data/photo_folder.ts";
import { findChromium } from "../../../export/runtimes.ts";
import { launch } from "../../page/open_page.ts";
import { openReview, pictureOf, writeReviewed } from "../reviewed.ts";

const chromium = await findChromium();
if (!chromium) console.log("the review's page is not tested: there is no Chromium here");

/** What of the page is on the screen. */
const title = (page: Page) => page.textContent("#title");

async function press(page: Page, key: string, expected: RegExp): Promise<void> {
  await page.keyboard.press(key);
  await page.waitForFunction(
    (pattern) =>
      document.querySelector("#item[aria-busy=false]") &&
      new RegExp(pattern).test(document.getElementById("status")!.textContent!),
    expected.source,
  );
}

Deno.test({
  name: "Chromium: all is decided by the keyboard alone, wide and narrow, light and dark",
  ignore: !chromium,
  async fn(t) {
    await withTempFolder(async (folder) => {
      await writeReviewed(folder);
      const end = new AbortController();
      const server = await startReviewServer({
        port: 0,
        files: await reviewFiles(),
        review: await openReview(folder),
        picture: pictureOf,
      }, end.signal);
      const browser = await launch(chromium!);
      const page = await browser.newPage();
      const trouble: string[] = [];
      page.on("pageerror", ({ message }) => trouble.push(message));
      page.on("console", (line) => line.type() === "error" && trouble.push(line.text()));
      const decisions = async () => (await readJournal(folder)).decisions.length;
      try {
        await page.goto(`http://127.0.0.1:${server.addr.port}/`);
        await page.locator("#item:not([hidden])").waitFor();

        await t.step("what is proposed is taken by Enter, and the next one comes", async () => {
          assert.equal(await title(page), "Label probably wrong (1 of 7)");
          await press(page, "Enter", /ants\/3\.ppm: moved to bees/);
          assert.equal(await title(page), "Label probably wrong (2 of 7)");
        });

        await t.step(
          "that a test photo changed is counted and scored, with a warning",
          async () => {
            const words = await page.textContent("#scores");
            assert.match(words!, /^1 of the photos to test by changed.*50\.0% \(3 of 6\)/);
            assert.match(words!, /66\.7% \(4 of 6\).*flatter the model/);
          },
        );

        await t.step("a photo is kept, set aside, moved by number and by name", async () => {
          await press(page, "k", /ants\/0\.ppm: kept/);
          await press(page, "s", /bees\/0\.ppm: set aside/);
          await page.keyboard.press("m");
          await press(page, "2", /wasps\/0\.ppm: moved to bees/);
          await page.keyboard.press("m");
          await page.keyboard.type("was");
          await press(page, "Enter", /ants\/1\.ppm: moved to wasps/);
        });

        await t.step("of a group, all at once or one after the other", async () => {
          assert.equal(await title(page), "Nearly the same (6 of 7)");
          assert.equal(await page.locator("figure").count(), 2);
          await page.keyboard.press("a");
          assert.equal(await page.locator('figure[aria-selected="true"]').count(), 2);
          await press(page, "s", /2 photos: set aside/);
          await press(page, "u", /taken back/);
          await page.keyboard.press("ArrowRight");
          await press(page, "s", /ants\/2\.ppm: set aside/);
        });

        await t.step("back, on, and undone to the first", async () => {
          const count = await decisions();
          await page.keyboard.press("ArrowUp");
          await page.keyboard.press("ArrowDown");
          for (let left = count; left > 0; left--) await press(page, "u", /taken back/);
          await page.waitForFunction(() =>
            (document.getElementById("undo") as HTMLButtonElement).disabled
          );
          assert.deepEqual(changesOf(await readJournal(folder)), []);
        });

        await t.step("nothing is wider than the window, and all is readable", async () => {
          for (const width of [1280, 390]) {
            for (const colorScheme of ["light", "dark"] as const) {
              await page.setViewportSize({ width, height: 844 });
              await page.emulateMedia({ colorScheme });
              const facts = await page.evaluate(() => ({
                over: document.documentElement.scrollWidth - innerWidth,
                ink: getComputedStyle(document.body).color,
                paper: getComputedStyle(document.body).backgroundColor,
              }));
              assert.ok(facts.over <= 0, `${width} px: ${facts.over} px too wide`);
              const [ink, paper] = [facts.ink, facts.paper].map((colour) =>
                Number(/\d+/.exec(colour)![0])
              );
              assert.ok(colorScheme === "light" ? paper - ink > 150 : ink - paper > 150);
            }
          }
        });
        assert.deepEqual(trouble, []);
      } finally {
        await browser.close();
        end.abort();
        await server.finished;
      }
    });
  },
});
