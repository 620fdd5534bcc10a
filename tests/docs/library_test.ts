/** The program of docs/library.md in a project of its own, as a newcomer has it. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findArchitecture } from "../../models/registry.ts";
import { exportSafetensors } from "../../export/torch.ts";
import { parameterSpecs } from "../../models/parameter_specs.ts";
import { convertStateDict } from "../../weights/convert.ts";
import { randomStateDict } from "../models/random_state_dict.ts";
import { writePhoto } from "../tasks/generated_photos.ts";

const ROOT = new URL("../../", import.meta.url);
const page = await Deno.readTextFile(new URL("docs/library.md", ROOT));
const block = (kind: string) => page.match(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, "ms"))![1];

Deno.test("the page's program, in a project that links graft, with the permissions that it says", async () => {
  const folder = await Deno.makeTempDir();
  const links = block("json");
  assert.match(links, /"\.\.\/graft"/);
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    links.replace("../graft", fileURLToPath(ROOT).replaceAll("\\", "/")),
  );
  await Deno.writeTextFile(`${folder}/main.ts`, block("ts"));
  await writePhoto(`${folder}/bee.jpg`, 1, 0);
  const architecture = findArchitecture("mobilenet_v2");
  const classes = ["ants", "bees"];
  await exportSafetensors({
    description: {
      schema: 2,
      architecture: architecture.name,
      classes,
      preprocessing: architecture.preprocessing,
      pretrained: { origin: "nowhere", sha256: "", licence: "MIT" },
      temperature: 1,
    },
    parameters: convertStateDict(
      randomStateDict(architecture, classes.length),
      parameterSpecs(architecture, classes.length),
    ),
  }, `${folder}/model.safetensors`);
  const [deno, ...args] = block("text").trim().split(" ");
  assert.equal(deno, "deno");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [args[0], "--check", ...args.slice(1)],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  assert.match(new TextDecoder().decode(stdout), /^(ants|bees), \d+\.\d%\n$/);
  assert.doesNotMatch(said, /already registered|Permission|prompt/i);
  await Deno.remove(folder, { recursive: true });
});
