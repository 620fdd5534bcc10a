/** The page as a file, without a server: it cannot work, and says what to do. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { findChromium } from "../../export/runtimes.ts";
import { launch } from "./open_page.ts";

const chromium = await findChromium();
const STATIC = new URL("../../../app/page/static/", import.meta.url);

/** The words of a command as a shell hands them to a program. */
async function wordsOf(command: string): Promise<string[]> {
  const script = `python3() { printf '%s\\n' "$@"; }\n${command}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test({
  name: "opened as a file the page says how to serve its folder, whatever that is called",
  ignore: !chromium,
  async fn() {
    const parent = await Deno.makeTempDir();
    const folder = `${parent}/ants & bee's "$HOME" ü%20`;
    await Deno.mkdir(folder);
    for (const name of ["index.html", "style.css", "opened_as_file.js"]) {
      await Deno.copyFile(new URL(name, STATIC), `${folder}/${name}`);
    }
    const browser = await launch(chromium!);
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 700 } });
      await page.goto(pathToFileURL(`${folder}/index.html`).href);
      assert.match(await page.innerText("#status"), /opened as a file.*serve it.*run$/);
      assert.equal(await page.isVisible("#loading"), false);
      assert.match(await page.innerText("#status + pre + p"), /open http:\/\/127\.0\.0\.1:8000\//);
      const command = await page.innerText("#status + pre");
      assert.deepEqual(await wordsOf(command), [
        ..."-m http.server 8000 --bind 127.0.0.1 --directory".split(" "),
        folder,
      ]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, 390, "the command sticks out");
    } finally {
      await browser.close();
      await Deno.remove(parent, { recursive: true });
    }
  },
});
