/** The home page in a real browser: as it grows, by keyboard, on a phone, in the dark. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { HOME_HEADERS, HomeSite } from "../../../app/home/home_site.ts";
import { serveGuarded } from "../../../app/serve/guarded_server.ts";
import type { Program } from "../../../app/cli/application.ts";
import { graftPipeline } from "../../../tasks/pipeline.ts";
import { findChromium } from "../../export/runtimes.ts";
import { MadeUpStore } from "./made_up_store.ts";
import { launch } from "../page/open_page.ts";

const chromium = await findChromium();
const program = { pipeline: () => Promise.resolve(graftPipeline([])) } as unknown as Program;

/** A page of the store's server; what went wrong on it is collected. */
async function open(browser: Browser, url: string, dark = false) {
  const page = await browser.newPage({
    viewport: { width: dark ? 390 : 1280, height: 800 },
    colorScheme: dark ? "dark" : "light",
  });
  const trouble: string[] = [];
  page.on("pageerror", ({ message }) => trouble.push(message));
  page.on("console", (line) => line.type() === "error" && trouble.push(line.text()));
  await page.goto(url);
  return { page, trouble };
}

const overflow = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");

Deno.test({
  name: "the home page in Chromium",
  ignore: !chromium,
  async fn(t) {
    await using made = await MadeUpStore.make();
    const first = await made.evaluated(["ants", "bees"], "hens");
    const second = await made.evaluated(["ants", "bees"]);
    const { run, goOn, end } = await made.training();
    const stop = new AbortController();
    const context = { folder: made.path, store: made.path, readFrom: [] };
    const site = new HomeSite(program, context);
    const server = await serveGuarded(
      { hostname: "127.0.0.1", port: 0, headers: HOME_HEADERS, signal: stop.signal },
      (request) => site.answer(request),
    );
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const browser = await launch(chromium!);

    await t.step("curves and figures grow while a run goes on; its death is told", async () => {
      const { page, trouble } = await open(browser, url);
      await page.getByText("Watch the run that is going on").click();
      await page.getByText("batch 1 of 15").waitFor();
      const curve = () => page.locator("#curves .chart").first().innerHTML();
      const before = await curve();
      const log = page.locator(".log");
      await log.focus();
      goOn(14);
      await page.getByText("batch 14 of 15").waitFor();
      assert.notEqual(await curve(), before);
      assert.ok(await page.evaluate("document.activeElement.className === 'log'"), "focus stays");
      end();
      await page.getByText("Its process is gone without a word").waitFor();
      assert.equal(await page.locator("#said").textContent(), "killed: 1 of 7 steps finished");
      assert.deepEqual(trouble, []);
      await page.close();
    });

    await t.step(
      "two models are ticked and compared by keyboard alone; a third cannot be",
      async () => {
        const { page, trouble } = await open(browser, url);
        await page.locator(`input[value="${first.id}"]`).focus();
        await page.keyboard.press("Space");
        await page.locator(`input[value="${second.id}"]`).focus();
        await page.keyboard.press("Space");
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const box = page.locator(`input[value="${first.id}"]`);
        assert.ok(await box.isChecked(), "what is ticked stays so when the page looks again");
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/compare\?run=/);
        assert.equal(await page.textContent("h1"), "Two runs side by side");
        assert.deepEqual(trouble, []);
        await page.close();
      },
    );

    await t.step(
      "every link and button is reached by the keyboard, and seen when it is",
      async () => {
        const { page } = await open(browser, url);
        const wanted = await page.locator("a, button, input, [tabindex='0']").count();
        const reached = new Set<string>();
        for (let i = 0; i < wanted; i++) {
          await page.keyboard.press("Tab");
          const told = await page.evaluate<[string, string]>(
            "[document.activeElement.outerHTML, getComputedStyle(document.activeElement).outlineStyle]",
          );
          assert.notEqual(told[1], "none", told[0]);
          reached.add(told[0]);
        }
        assert.ok(reached.size >= wanted - 1, `${reached.size} of ${wanted}`);
        await page.close();
      },
    );

    await t.step(
      "on a phone, in the dark, nothing is cut off and all text can be read",
      async () => {
        for (const path of ["", `run/${run.id}`, `run/${second.id}`, "nothing", "compare"]) {
          const { page } = await open(browser, url + path, true);
          await page.locator("h1").waitFor();
          assert.equal(await overflow(page), 0, path);
          const colours = await page.evaluate<string[]>(
            "(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))",
          );
          const [paper, ink] = colours.map((rgb) => Math.max(...rgb.match(/\d+/g)!.map(Number)));
          assert.ok(paper < 64 && ink > 192, `${path}: ${paper} ${ink}`);
          await page.close();
        }
      },
    );

    await t.step("photos are shown", async () => {
      const { page } = await open(browser, url);
      const widths = await page.evaluate<number[]>(
        "Promise.all([...document.querySelectorAll('.thumbs img')].map(async (image) => " +
          "(await image.decode(), image.naturalWidth)))",
      );
      assert.ok(widths.length > 0 && widths.every((width) => width > 0));
      await page.close();
    });

    await t.step("a page whose server has ended says so", async () => {
      const { page } = await open(browser, url);
      stop.abort();
      await page.getByText("The server of this page has ended").waitFor();
      await page.close();
    });

    await browser.close();
    await server.finished;
  },
});
