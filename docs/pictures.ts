/**
 * Makes the pictures of README and docs, of photos that `draw_parts.ts` draws: a model is taught, and
 * what graft shows meanwhile and afterwards is photographed in Chromium. Takes some minutes.
 *
 * `deno run -A docs/pictures.ts [STORE]`; what a store has already is taken from there.
 */
import { fileURLToPath } from "node:url";
import encode, { init } from "@jsquash/webp/encode.js";
import xterm from "@xterm/headless";
import { type Browser, chromium, type Page } from "playwright-core";
import { decodePng } from "../data/codecs/png.ts";
import type { RgbImage } from "../data/image.ts";
import { resize } from "../data/resize.ts";
import { drawMessyParts } from "./draw_parts.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const OUT = `${ROOT}docs/pictures`;
const CHROMIUM = Deno.env.get("GRAFT_CHROMIUM") ?? "/usr/bin/chromium";
const COLUMNS = 80;
/** Of pages in CSS pixels: a column of text on GitHub shows about 850. */
const WIDTH = 960;
const WEBP = { quality: 78, method: 6 };
const MOST_BYTES = 100_000, MOST_BYTES_IN_ALL = 600_000;

const folder = await Deno.makeTempDir();
const store = Deno.args[0] ?? `${folder}/store`;

async function main(): Promise<void> {
  await Deno.mkdir(OUT, { recursive: true });
  await drawMessyParts(`${folder}/parts`);
  await init(
    await WebAssembly.compile(
      await Deno.readFile(
        fileURLToPath(import.meta.resolve("@jsquash/webp/codec/enc/webp_enc.wasm")),
      ),
    ),
  );
  await graft("inspect", "parts", "--grid", "found.png");
  await keep("inspect", smaller(decodePng(await Deno.readFile(`${folder}/found.png`))));

  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const home = await serveHome();
  const teaching = atTerminal(
    "start",
    "--data parts --model mobilenet_v2 --epochs 6 --yes --no-open",
  );
  await keepLive(browser, home.url, teaching);
  await keepTerminal(browser, await teaching);
  const quick = ["run", "--recipe=quick", "--data=parts", "--model=mobilenet_v2"];
  await graft(...quick, "--branch=frozen", "--epochs=2", "--lr=1e-4,1e-3,1e-2", "--seed=0,1");
  await graft(...quick, "--epochs=3");
  await keepPage(browser, home.url, "home", { height: 720 });
  await keepPage(browser, `file://${store}/report.html`, "report", { height: 980 });
  await keepPage(browser, `file://${store}/report.html#looked`, "heat_maps", { height: 620 });
  await keepPage(browser, `file://${store}/sweep.html`, "sweep", { height: 560 });
  await keepTried(browser, home.url);
  await browser.close();
  home.end();
  await home.status;
  await checkSizes();
  await Deno.remove(folder, { recursive: true });
}

/** Runs a command of graft where the photos are; what `inspect` finds is no failure. */
async function graft(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "app/main.ts", ...args, "--store", store],
    cwd: ROOT,
    env: { INIT_CWD: folder },
  }).output();
  if (code !== 0 && args[0] !== "inspect") {
    throw new Error(`${args.join(" ")} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
  }
}

/** What a terminal is sent; that of util-linux's `script`. */
async function atTerminal(command: string, flags: string): Promise<Uint8Array> {
  const line = `stty cols ${COLUMNS}; exec ${Deno.execPath()} run -A ${ROOT}app/main.ts ` +
    `${command} ${flags} --store ${store}`;
  const { stdout, success } = await new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    cwd: folder,
    env: { INIT_CWD: folder },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stdout)}`);
  return stdout;
}

async function serveHome() {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "app/main.ts", "home", "--port=0", "--json", "--store", store],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  const { value } = await child.stdout.getReader().read();
  const { url } = JSON.parse(new TextDecoder().decode(value));
  return { url, status: child.status, end: () => child.kill() };
}

/** @param over settles when the run that is to be seen has ended: then it is seen so. */
async function keepLive(browser: Browser, url: string, over: Promise<unknown>): Promise<void> {
  let isOver = false;
  over.then(() => isOver = true);
  const page = await opened(browser, url, 760);
  for (;;) {
    await page.goto(`${url}run/latest`);
    const state = await page.locator("#state").textContent({ timeout: 1000 }).catch(() => "");
    if (isOver || /epoch [3-9] of/.test(state ?? "")) break;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  await keepShot(page, "live");
}

async function keepPage(
  browser: Browser,
  url: string,
  name: string,
  { height }: { height: number },
): Promise<void> {
  const page = await opened(browser, url, height);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await keepShot(page, name);
}

async function keepTried(browser: Browser, url: string): Promise<void> {
  const page = await opened(browser, url, 640);
  await page.getByText("Try a photo").first().click();
  await page.locator("#ask:not([hidden])").waitFor();
  await page.setInputFiles("#files", `${folder}/parts/nut/nut_2.png`);
  await page.locator("article .classes li").first().waitFor();
  await page.locator("article .explain").first().click();
  await page.locator("article").first().scrollIntoViewIfNeeded();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await keepShot(page, "try");
}

/** The last screen, as the terminal shows it. */
async function keepTerminal(browser: Browser, sent: Uint8Array): Promise<void> {
  const terminal = new xterm.Terminal({
    cols: COLUMNS,
    rows: 60,
    allowProposedApi: true,
    scrollback: 1000,
  });
  await new Promise<void>((done) => terminal.write(sent, done));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, i) => lineOf(active.getLine(i)!));
  const last = lines.findLastIndex((line) => line.trim() !== "");
  const shown = lines.slice(0, last + 1).slice(-ROWS).map(escaped).join("\n");
  const page = await opened(browser, "about:blank", 200, 704);
  await page.setContent(
    `<body style="margin:0;background:#16181d;color:#e6e9ef"><pre style="margin:0;padding:14px 18px;` +
      `font:13.5px/1.4 'DejaVu Sans Mono',monospace">${shown}</pre>`,
  );
  await keepShot(page, "terminal", true);
}
const ROWS = 34;

const lineOf = (line: { translateToString(trim: boolean): string }) => line.translateToString(true);
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(folder, "").replaceAll(
    store,
    ".graft",
  );

async function opened(browser: Browser, url: string, height: number, width = WIDTH) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: "light" });
  await page.goto(url);
  return page;
}

async function keepShot(page: Page, name: string, fullPage = false): Promise<void> {
  // Where this machine keeps its files is nobody's business.
  await page.evaluate(`for (const element of document.querySelectorAll(".path, dd, p, pre")) {
    for (const node of element.childNodes) {
      if (node.nodeType === 3) {
        node.data = node.data.replaceAll(${JSON.stringify(store)}, ".graft")
          .replaceAll(${JSON.stringify(`${folder}/`)}, "");
      }
    }
  }`);
  await keep(name, decodePng(new Uint8Array(await page.screenshot({ fullPage }))));
  await page.close();
}

async function keep(name: string, image: RgbImage): Promise<void> {
  const { width, height, data } = image;
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  }
  const webp = await encode({ width, height, data: rgba } as ImageData, WEBP);
  await Deno.writeFile(`${OUT}/${name}.webp`, new Uint8Array(webp));
  console.log(`${name}.webp: ${width}×${height}, ${webp.byteLength} bytes`);
}

const smaller = (image: RgbImage): RgbImage =>
  resize(image, WIDTH, Math.round(image.height * WIDTH / image.width));

/** A clone should not carry more. */
async function checkSizes(): Promise<void> {
  let all = 0;
  for await (const { name } of Deno.readDir(OUT)) {
    const { size } = await Deno.stat(`${OUT}/${name}`);
    if (size > MOST_BYTES) throw new Error(`${name} has ${size} bytes, more than ${MOST_BYTES}`);
    all += size;
  }
  if (all > MOST_BYTES_IN_ALL) throw new Error(`the pictures have ${all} bytes in all`);
}

await main();
