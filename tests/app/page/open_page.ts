/** A page served to a headless Chromium. */
import { type Browser, chromium, type Page } from "playwright-core";
import { pageFiles, type PageModel } from "../../../app/page/page_files.ts";
import type { HttpServer } from "../../../app/serve/http_server.ts";
import { type ServerOptions, startServer } from "../../../app/serve/server.ts";

/** Files served on a free port of this computer. */
export class TestServer implements AsyncDisposable {
  private constructor(readonly server: HttpServer, readonly end: AbortController) {}

  static async start(
    files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
    headers: Readonly<Record<string, string>>,
    report?: ServerOptions["report"],
  ): Promise<TestServer> {
    const end = new AbortController();
    const server = await startServer({
      hostname: "127.0.0.1",
      port: 0,
      files,
      headers,
      description: {},
      predict: () => Promise.reject(new Error("nobody asks")),
      report,
    }, end.signal);
    return new TestServer(server, end);
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end.abort();
    await this.server.finished;
  }
}

let files: Promise<Map<string, Uint8Array<ArrayBuffer>>> | undefined;

/** The page's files, made once. */
export function filesOf(model: PageModel) {
  return files ??= pageFiles(model);
}

export function launch(executablePath: string): Promise<Browser> {
  // As root, which containers are, Chromium runs without its sandbox only.
  const args = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--use-fake-device-for-media-stream",
  ];
  return chromium.launch({ executablePath, args });
}

/** A loaded page, ready to be asked; what went wrong meanwhile is collected. */
export async function openPage(
  browser: Browser,
  url: string,
): Promise<{ page: Page; trouble: string[]; requests: string[] }> {
  const page = await browser.newPage();
  const trouble: string[] = [], requests: string[] = [];
  page.on("pageerror", ({ message }) => trouble.push(message));
  page.on("console", (line) => line.type() === "error" && trouble.push(line.text()));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  await page.locator("#ask:not([hidden]), #status.wrong").first().waitFor();
  return { page, trouble, requests };
}
