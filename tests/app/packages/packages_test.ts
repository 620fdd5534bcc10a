/** The packages as their users get them: packed, installed, and in programs and pages of others. */
import assert from "node:assert/strict";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import project from "../../../deno.json" with { type: "json" };
import { SECURITY_HEADERS } from "../../../app/page/security_headers.ts";
import { buildPackages } from "../../../app/packages/build.ts";
import { activateBackend } from "../../../backend/activate.ts";
import photoFiles from "../../../bench/certify/fixtures/data/photo_files.json" with {
  type: "json",
};
import { hashTensor } from "../../../bench/certify/hash_numbers.ts";
import { exportSafetensors } from "../../../export/torch.ts";
import { type Classification, loadClassifier } from "../../../inference/load_classifier.ts";
import { findArchitecture } from "../../../models/registry.ts";
import { randomModel } from "../../export/random_model.ts";
import { findChromium } from "../../export/runtimes.ts";
import { train } from "./project/train.js";

const PROJECT = new URL("./project/", import.meta.url);
const SERVED = ["model.safetensors", "photo.jpg"];

interface Result {
  backend: string;
  losses: number[];
  answers: Classification[];
  isolated?: boolean;
  /** How far the graphics card's numbers are from the processor's, at most. */
  gpu?: number;
  error?: string;
}

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function run(
  command: string,
  args: string[],
  env: Record<string, string> = {},
  cwd = folder,
) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, env, cwd }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

const hasNpm = await run("npm", ["--version"]).then(({ code }) => code === 0, () => false);
if (!hasNpm) console.error("skipped: there is no npm, which comes with Node");
const browser = await findChromium();

/** What every project must get, from this very process. */
const expected = await (async (): Promise<Result> => {
  await activateBackend("wasm");
  const losses = await train();
  const familiar = {
    references: { data: hashTensor(7, [2 * 1280], 1), size: 1280 },
    threshold: 0.1,
  };
  const { description, parameters } = randomModel("mobilenet_v2");
  const { preprocessing } = findArchitecture("mobilenet_v2");
  await exportSafetensors(
    {
      description: { ...description, preprocessing },
      parameters,
      outOfDistribution: familiar,
    },
    join(folder, "model.safetensors"),
  );
  const { file } = photoFiles.find(({ name }) => name === "4:2:0.jpeg")!;
  await Deno.writeFile(join(folder, "photo.jpg"), Uint8Array.fromBase64(file));
  using model = await loadClassifier(join(folder, "model.safetensors"));
  const answer = await model.predict(join(folder, "photo.jpg"));
  return { backend: "graft-wasm", losses, answers: [answer, answer, answer] };
})();

function assertExpected({ backend, losses, answers, error }: Result): void {
  assert.equal(error, undefined);
  assert.equal(backend, expected.backend);
  assert.equal(losses.length, 3);
  for (const [i, loss] of losses.entries()) {
    assert.ok(Math.abs(loss - expected.losses[i]) < 1e-5, `${losses}, not ${expected.losses}`);
  }
  assert.ok(answers.length > 0);
  const [{ noneOfThese, ranking }] = expected.answers;
  for (const answer of answers) {
    assert.equal(answer.noneOfThese, noneOfThese);
    for (const [i, { label, probability }] of answer.ranking.entries()) {
      assert.equal(label, ranking[i].label);
      assert.ok(Math.abs(probability - ranking[i].probability) < 1e-4, `${label}: ${probability}`);
    }
  }
}

/** A folder over HTTP; `headers` make a page isolated, or do not. */
async function opened(
  root: string,
  headers: Readonly<Record<string, string>>,
): Promise<Result & { trouble: string[] }> {
  const server = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
    const name = new URL(request.url).pathname.slice(1) || "index.html";
    const file = join(SERVED.includes(name) ? folder : root, name);
    const type = TYPES[name.slice(name.lastIndexOf("."))] ?? "application/octet-stream";
    return await Deno.readFile(file).then(
      (bytes) => new Response(bytes, { headers: { ...headers, "Content-Type": type } }),
      () => new Response("there is none", { status: 404 }),
    );
  });
  try {
    return await visited(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

/** As root without its sandbox; with WebGPU by software. */
const CHROMIUM = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-unsafe-swiftshader",
];

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

async function visited(url: string): Promise<Result & { trouble: string[] }> {
  const chrome = await chromium.launch({ executablePath: browser, args: CHROMIUM });
  try {
    const page = await chrome.newPage();
    const trouble: string[] = [];
    page.on("pageerror", ({ message }) => trouble.push(message));
    page.on("console", (line) => {
      if (["error", "warning"].includes(line.type())) trouble.push(line.text());
    });
    await page.goto(url);
    await page.waitForFunction("globalThis.result");
    const result = await page.evaluate("globalThis.result") as Result;
    return { ...result, trouble };
  } finally {
    await chrome.close();
  }
}

Deno.test({
  name: "the packages train and answer in Node, Deno, esbuild and Vite as the project does",
  ignore: !hasNpm,
  async fn(t) {
    const folders = await buildPackages(join(folder, "packages"));
    // What imports the packages is no module here, where they are not installed.
    for await (const { name } of Deno.readDir(PROJECT)) {
      await Deno.copyFile(new URL(name, PROJECT), join(folder, name.replace(/\.txt$/, "")));
    }
    await Deno.writeTextFile(join(folder, "package.json"), '{ "type": "module" }');
    await Deno.writeTextFile(join(folder, "deno.json"), '{ "nodeModulesDir": "manual" }');
    const packed = await run("npm", ["pack", "--json", ...folders]);
    assert.equal(packed.code, 0, packed.stderr);
    const tarballs = JSON.parse(packed.stdout).map(({ filename }: { filename: string }) =>
      `./${filename}`
    );
    const quick = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
    const wanted = [...tarballs, "@tensorflow/tfjs@4.22.0", "vite@8.3.8"];
    const installed = await run("npm", ["install", ...quick, ...wanted]);
    if (
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.test(installed.stderr)
    ) {
      return console.error("skipped: npm cannot reach its registry");
    }
    assert.equal(installed.code, 0, installed.stderr);

    for (
      const [name, args] of [
        ["node", ["program.js"]],
        ["deno", ["run", "-A", "program.js"]],
      ] as const
    ) {
      await t.step(
        `${name}: the same losses and answers, and nothing is registered twice`,
        async () => {
          const command = name === "deno" ? Deno.execPath() : name;
          const { code, stdout, stderr } = await run(command, [...args]);
          assert.equal(code, 0, stderr);
          assertExpected(JSON.parse(stdout));
          assert.doesNotMatch(stderr, /already registered/);
        },
      );
    }

    await t.step(
      "npx graft: from any folder of the project, which keeps the results",
      async () => {
        const photos = join(folder, "photos");
        for (const label of ["ants", "bees"]) {
          await Deno.mkdir(join(photos, label), { recursive: true });
          for (const name of ["1.jpg", "2.jpg"]) {
            await Deno.copyFile(join(folder, "photo.jpg"), join(photos, label, name));
          }
        }
        const env = { XDG_CACHE_HOME: join(folder, "cache"), LOCALAPPDATA: join(folder, "cache") };
        const own = join(folder, "own");
        await Deno.mkdir(own);
        const graft = (args: string[]) => run("npx", ["--no-install", "graft", ...args], env, own);
        const version = await graft(["--version"]);
        assert.deepEqual([version.code, version.stdout], [0, `graft ${project.version}\n`]);
        const looked = await graft(["inspect", "../photos", "--json"]);
        assert.match(looked.stdout, /"bees"/, looked.stderr);
        assert.notEqual(looked.code, 2, looked.stderr);
        const taken = await graft(["download_data", "--data", "../photos"]);
        assert.equal(taken.code, 0, taken.stderr);
        assert.ok((await Deno.stat(join(own, ".graft"))).isDirectory);
      },
    );

    await t.step("types are there, for Deno and for TypeScript", async () => {
      await Deno.writeTextFile(
        join(folder, "types.ts"),
        `import { type Classification, loadClassifier } from "graft";
        import { registerWasmBackend, setThreads } from "@graft/tfjs-wasm";
        import { repeatStep } from "@graft/tfjs-webgpu";
        const model = await loadClassifier(new Uint8Array());
        const one: Classification = await model.predict("photo.jpg");
        const many: Classification[] = await model.predict(["photo.jpg"]);
        // @ts-expect-error: a number is no photo
        await model.predict(1);
        const nothing: void = registerWasmBackend({ threads: 2 });
        setThreads(one.label.length + many.length);
        console.log(nothing, repeatStep(() => []).finish());`,
      );
      const { code, stderr } = await run(Deno.execPath(), ["check", "types.ts"]);
      assert.equal(code, 0, stderr);
    });

    await t.step({
      name: "esbuild: a page of it computes on all cores, under a policy that forbids eval",
      ignore: browser === undefined,
      fn: async () => {
        const site = join(folder, "site");
        await esbuild.build({
          absWorkingDir: folder,
          entryPoints: ["page.js"],
          bundle: true,
          format: "esm",
          splitting: true,
          outdir: site,
          logLevel: "silent",
        });
        await esbuild.stop();
        await Deno.copyFile(join(folder, "index.html"), join(site, "index.html"));
        for (const [name, files] of Object.entries(BESIDE)) {
          for (const file of files) {
            await Deno.copyFile(join(folder, "node_modules", name, file), join(site, file));
          }
        }
        const { trouble, ...result } = await opened(site, SECURITY_HEADERS);
        assertExpected(result);
        assert.deepEqual(trouble, []);
        assert.equal(result.isolated, true);
        if (result.gpu === undefined) console.error("skipped: Chromium has no WebGPU here");
        else assert.ok(result.gpu < 1e-5, `WebGPU is off by ${result.gpu}`);
      },
    });

    await t.step({
      name: "Vite: a build of it answers, on one thread where a page is not isolated",
      ignore: browser === undefined,
      fn: async () => {
        const vite = join("node_modules", "vite", "bin", "vite.js");
        const built = await run("node", [vite, "build", "--logLevel=warn"]);
        assert.equal(built.code, 0, built.stderr);
        assert.doesNotMatch(built.stdout + built.stderr, /didn't resolve|doesn't exist/);
        const { trouble, ...result } = await opened(join(folder, "dist"), {});
        assertExpected(result);
        assert.deepEqual(trouble, []);
        assert.equal(result.isolated, false);
      },
    });

    await t.step({
      name: "Vite: its server for who develops answers, too",
      ignore: browser === undefined,
      fn: async () => {
        const vite = join("node_modules", "vite", "bin", "vite.js");
        const server = new Deno.Command("node", {
          args: [vite, "--host=127.0.0.1", "--port=0", "--logLevel=info"],
          cwd: folder,
          env: { NO_COLOR: "1" },
          stdout: "piped",
          stderr: "null",
        }).spawn();
        const lines = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
        try {
          const { trouble, ...result } = await visited(await addressIn(lines));
          assertExpected(result);
          // What it is about to bundle anew it answers with this, and the page is loaded again.
          assert.deepEqual(trouble.filter((text) => !text.includes("504")), []);
        } finally {
          server.kill();
          await server.status;
          await lines.cancel();
        }
      },
    });
  },
});

/** The first address that a server prints. */
async function addressIn(output: ReadableStreamDefaultReader<string>): Promise<string> {
  for (let text = "";;) {
    const { value, done } = await output.read();
    if (done) throw new Error(`the server ended: ${text}`);
    text += value;
    const address = /http:\/\/[\d.]+:\d+\//.exec(text);
    if (address) return address[0];
  }
}

/** Files that esbuild leaves where they are: a page of it has them beside its scripts. */
const BESIDE = {
  "@graft/tfjs-wasm": ["kernels.wasm", "kernels_baseline.wasm", "thread.js"],
  "graft": ["mozjpeg_dec.wasm"],
};
