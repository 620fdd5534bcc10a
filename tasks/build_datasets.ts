/** Step: every photo decoded once and packed; what cannot be decoded is named, not lost. */
import { buildDataset, DataLoader, Generator, openDataset } from "../data/mod.ts";
import { runStep, type StepContext } from "../pipeline/step.ts";
import { batchGrid } from "../report/mod.ts";

if (import.meta.main) {
  await runStep(async (step) => {
    const { photos, quarantined } = await buildDataset(
      `${step.inputs.download_data}/photos`,
      step.output,
      {
        signal: step.signal,
        progress: (p) => step.progress(p),
        onQuarantine: ({ path, reason }) => step.log(`left out ${path}: ${reason}`),
      },
    );
    await Deno.writeFile(`${step.output}/batch.png`, await drawBatch(step));
    step.result({ photos, quarantined });
  });
}

/** The tutorial's first picture: one training batch, cropped and flipped, with its labels. */
async function drawBatch(step: StepContext<unknown>): Promise<Uint8Array> {
  const dataset = await openDataset(step.output);
  const generator = new Generator(0);
  const loader = new DataLoader(dataset, {
    split: "train",
    batchSize: 4,
    shuffle: true,
    transform: "train",
    generator,
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    resize: 256,
    size: 224,
    workers: 1,
  });
  try {
    for await (const { images, labels } of loader) {
      const pixels = images.length / labels.length;
      return await batchGrid(Array.from(labels, (label, i) => ({
        image: {
          width: 224,
          height: 224,
          data: Uint8Array.from(
            images.subarray(i * pixels, (i + 1) * pixels),
            (value) => Math.round(255 * value),
          ),
        },
        title: dataset.classes[label],
      })));
    }
    throw new Error("the training split is empty");
  } finally {
    await loader.close();
  }
}
