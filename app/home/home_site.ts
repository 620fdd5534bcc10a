/** What the home page's server answers, by address. */
import { fileURLToPath } from "node:url";
import { compareRuns } from "../../pipeline/explain/compare.ts";
import type { RunRecord } from "../../pipeline/run_record.ts";
import { html } from "../../report/page/html.ts";
import { STYLESHEET } from "../../report/page/stylesheet.ts";
import type { Program } from "../cli/application.ts";
import { comparisonTable } from "../cli/comparison_table.ts";
import type { CommandContext } from "../cli/command.ts";
import { comparisonPage } from "../comparison/draw_comparison.ts";
import { reportPage } from "../conclusion/run_report.ts";
import { modelFiles, siteFiles } from "../page/page_files.ts";
import { SECURITY_HEADERS } from "../page/security_headers.ts";
import { failure, fileResponse } from "../serve/responses.ts";
import { finishedModel } from "../trained/finished_model.ts";
import { pageModelOf } from "../trained/page_model.ts";
import { documentOf } from "./document.ts";
import { homePage, homeParts, type Parts } from "./home_page.ts";
import { Kept } from "./kept.ts";
import { Models } from "./models.ts";
import { runPage, runParts } from "./run_page.ts";
import { watchRun } from "./run_state.ts";

/** As for the model's page, but that charts style themselves, and a form asks for a comparison. */
export const HOME_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
};

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
export type HomeContext = Pick<CommandContext<unknown>, "folder" | "store" | "readFrom">;

const REPORTS = 8;
/** Each holds its weights. */
const TRIED = 2;

export class HomeSite {
  readonly #models: Models;
  readonly #reports = new Kept<string | undefined>(REPORTS);
  readonly #tried = new Kept<Files>(TRIED);
  readonly #shared = new Kept<Files>(1);
  /** Drawings are made one after the other: each takes the computer for seconds. */
  #drawing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly program: Program,
    private readonly context: HomeContext,
    private readonly now: () => number = Date.now,
  ) {
    this.#models = new Models(context.store);
  }

  async answer(request: Request): Promise<Response> {
    if (!["GET", "HEAD"].includes(request.method)) {
      return failure(405, "pages are asked for by GET", { allow: "GET, HEAD" });
    }
    const { pathname, searchParams } = new URL(request.url);
    try {
      const found = await this.#find(request, pathname, searchParams);
      return found ?? this.#page(request, 404, noSuchPage());
    } catch (error) {
      return this.#page(request, 500, troublePage((error as Error).message));
    }
  }

  async #find(
    request: Request,
    pathname: string,
    asked: URLSearchParams,
  ): Promise<Response | undefined> {
    const { store } = this.context;
    const [, place, id, name = "", ...more] = pathname.split("/");
    switch (place) {
      case "":
        return id === undefined
          ? this.#page(request, 200, homePage(store, await this.#homeParts()))
          : undefined;
      case "parts":
        return id === undefined ? this.#parts(await this.#homeParts()) : undefined;
      case "style.css":
        return fileResponse(request, "style.css", utf8(STYLESHEET + await text("home.css")));
      case "home.js":
        return fileResponse(request, "home.js", utf8(await text("home.js")));
      case "compare":
        return id === undefined ? await this.#compare(request, asked.getAll("run")) : undefined;
    }
    const run = id === undefined ? undefined : await this.#models.record(decoded(id));
    if (place === "run" && id === "latest") return await this.#latest();
    if (!run || more.length > 0) return undefined;
    switch (place) {
      case "run":
        return await this.#run(request, run, name);
      case "report":
        return name === "" ? await this.#report(request, run) : undefined;
      case "photo":
        return await this.#photo(request, run, name);
      case "try":
        return await this.#try(request, run, pathname.endsWith("/") ? "index.html" : name);
    }
  }

  async #homeParts(): Promise<Parts> {
    return homeParts(await this.#models.list(), this.now());
  }

  async #run(request: Request, run: RunRecord, name: string): Promise<Response | undefined> {
    if (!["", "parts"].includes(name)) return undefined;
    const watched = await watchRun(this.context.store, run, this.now());
    const parts = runParts(watched, this.now());
    if (name === "parts") return this.#parts(parts, watched.state !== "running");
    const { runs } = await this.#models.list();
    const names = runs.find((listed) => listed.run.id === run.id)?.names ?? [];
    return this.#page(request, 200, runPage(watched, parts, names));
  }

  async #latest(): Promise<Response | undefined> {
    const [newest] = (await this.#models.list()).runs;
    return new Response(null, {
      status: 302,
      headers: { location: newest ? `/run/${newest.run.id}` : "/" },
    });
  }

  async #report(request: Request, run: RunRecord): Promise<Response | undefined> {
    const drawn = await this.#reports.get(
      run.id,
      () =>
        this.#draw(async () => reportPage(await this.program.pipeline(), this.context.store, run)),
    );
    return drawn === undefined ? undefined : this.#page(request, 200, drawn);
  }

  async #compare(request: Request, ids: string[]): Promise<Response> {
    const runs = await Promise.all(ids.map((id) => this.#models.record(id)));
    const [before, after, ...others] = runs;
    if (!before || !after || others.length > 0 || before.id === after.id) {
      return this.#page(request, 400, documentOf({ title: "Compare: graft", content: CHOOSE_TWO }));
    }
    const { store, readFrom } = this.context;
    const drawn = await this.#reports.get(
      `${before.id} ${after.id}`,
      () =>
        this.#draw(async () => {
          const compared = await compareRuns(store, before, after, readFrom);
          const table = comparisonTable([before.id, after.id], compared);
          return comparisonPage([before, after], table, { store, readFrom });
        }),
    );
    return drawn === undefined
      ? this.#page(request, 404, troublePage("one of the runs has no evaluation any more"))
      : this.#page(request, 200, drawn);
  }

  async #photo(request: Request, run: RunRecord, name: string): Promise<Response | undefined> {
    const photo = await this.#models.photo(run, name);
    if (!photo) return undefined;
    const response = fileResponse(request, name, photo);
    response.headers.set("content-type", "image/png");
    response.headers.set("cache-control", "private, max-age=3600");
    return response;
  }

  /** The model's own page, which computes in the browser: its files lie beside each other. */
  async #try(request: Request, run: RunRecord, name: string): Promise<Response | undefined> {
    if (name === "") {
      return new Response(null, { status: 308, headers: { location: `/try/${run.id}/` } });
    }
    const shared = await this.#shared.get("", siteFiles);
    const file = shared.get(name) ??
      (await this.#tried.get(run.id, () => this.#fetchModel(run))).get(
        name,
      );
    if (!file) return undefined;
    const response = fileResponse(request, name, file);
    const policy = "Content-Security-Policy";
    response.headers.set(policy, SECURITY_HEADERS[policy]);
    return response;
  }

  async #fetchModel({ id }: RunRecord): Promise<Files> {
    const nothingElse = {
      branch: undefined,
      weights: undefined,
      model: undefined,
      classes: undefined,
      json: false,
      verbose: false,
      help: false,
      version: false,
    };
    const flags = { ...nothingElse, run: id };
    return await modelFiles(
      pageModelOf(await finishedModel({ ...this.context, flags, say: () => {} })),
    );
  }

  /** @param source a page's */
  #page(request: Request, status: number, source: string): Response {
    return new Response(request.method === "HEAD" ? null : this.#asTyped(source), {
      status,
      headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
    });
  }

  /** @param over whether nothing will change any more */
  #parts(parts: Parts, over = false): Response {
    const sources = Object.entries(parts).map(([id, { source }]) => [id, this.#asTyped(source)]);
    const answer = Response.json({ parts: Object.fromEntries(sources), over });
    answer.headers.set("cache-control", "no-store");
    return answer;
  }

  #asTyped(source: string): string {
    return this.program.asTyped?.(source) ?? source;
  }

  #draw<Value>(draw: () => Promise<Value>): Promise<Value> {
    const drawn = this.#drawing.then(draw);
    this.#drawing = drawn.catch(() => {});
    return drawn;
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text);

const text = (name: string) =>
  Deno.readTextFile(fileURLToPath(new URL(`static/${name}`, import.meta.url)));

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const HOME_LINK = html`<p><a href="/">All models</a></p>`;

const CHOOSE_TWO = html`
  <header><h1>Choose two</h1>${HOME_LINK}</header>
  <main>
    <p>Tick exactly two models, and compare them.</p>
  </main>
`;

const noSuchPage = () =>
  documentOf({
    title: "There is no such page: graft",
    content: html`
      <header><h1>There is no such page</h1>${HOME_LINK}</header>
      <main>
        <p>Perhaps it was of a run that <code>deno task gc</code> has removed.</p>
      </main>
    `,
  });

const troublePage = (message: string) =>
  documentOf({
    title: "That did not work: graft",
    content: html`
      <header><h1>That did not work</h1>${HOME_LINK}</header>
      <main>
        <p class="error">${message}</p>
      </main>
    `,
  });
