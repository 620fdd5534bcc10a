/** `deno task predict PATH…`: labels for one's own photos. */
import { resolve } from "node:path";
import { activateBackend } from "../backend/activate.ts";
import { chooseBackend } from "../backend/choose.ts";
import type { CommandContext } from "../cli/application.ts";
import { UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit.ts";
import type { RgbImage } from "../data/mod.ts";
import { predictionGrid } from "../report/mod.ts";
import { modelFromFile, trainedModel } from "./choose_model.ts";
import { listPhotos } from "./list_photos.ts";
import { type Failure, type Prediction, predictPhotos } from "./predict_photos.ts";

const DEFAULT_TOP = 5;
/** The adapter takes longer to start than a photo takes on the CPU: a GPU only when asked for. */
const DEFAULT_BACKEND = "wasm";

export async function predictCommand(context: CommandContext): Promise<number> {
  const { flags, operands, folder, json, say } = context;
  if (operands.length === 0) {
    throw new UsageError("predict takes photos or folders of photos: deno task predict ant.jpg");
  }
  const paths = await listPhotos(operands, folder);
  const { backend } = await chooseBackend(
    (flags.backend ?? DEFAULT_BACKEND) as "auto" | "webgpu" | "wasm",
  );
  await activateBackend(backend, { threads: flags.threads ? Number(flags.threads) : undefined });
  const { model, manifest, judgement, what } = flags.weights
    ? await modelFromFile(flags, folder)
    : await trainedModel(context);
  if (!flags.json) console.error(`with ${what}`);

  const drawn: { image: RgbImage; result: Prediction }[] = [];
  let failed = false;
  const top = Number(flags.top ?? DEFAULT_TOP);
  for await (const { result, image } of predictPhotos(paths, model, manifest, judgement, top)) {
    if (flags.json) json(result);
    if ("error" in result) {
      failed = true;
      if (!flags.json) console.error(describeFailure(result));
      continue;
    }
    if (!flags.json) say(describe(result));
    if (flags.grid && image) drawn.push({ image, result });
  }
  if (flags.grid) await drawGrid(flags.grid, folder, drawn);
  return failed ? EXIT.failed : EXIT.done;
}

const percent = (probability: number) => `${(100 * probability).toFixed(1)}%`;

function describe({ path, label, probability, top, none_of_these }: Prediction): string {
  const others = top.slice(1).map((other) => `${other.label} ${percent(other.probability)}`);
  const rest = others.length > 0 ? `  (${others.join(", ")})` : "";
  const hint = none_of_these ? "  none of these? It is unlike the photos of every class" : "";
  return `${path}: ${label} ${percent(probability)}${rest}${hint}`;
}

function describeFailure({ path, error }: Failure): string {
  return `${path}: ${error}`;
}

async function drawGrid(
  file: string,
  folder: string,
  drawn: { image: RgbImage; result: Prediction }[],
): Promise<void> {
  const tiles = drawn.map(({ image, result }) => ({
    image,
    predicted: result.label,
    probability: result.probability,
  }));
  const path = resolve(folder, file);
  await Deno.writeFile(path, await predictionGrid(tiles, { title: "Predictions", columns: 3 }));
  console.error(`drew ${path}`);
}
