/** A model as files that plain TensorFlow.js loads. */
import { DESCRIPTION_KEY } from "../inference/description.ts";
import { architectureOf, classesOf, type ExportedModel } from "./exported_model.ts";
import type { GraphNode, GraphWeight } from "./tfjs_graph.ts";
import { type GraphValue, TfjsLayers } from "./tfjs_layers.ts";

/** As TensorFlow's converter cuts weights, so that browsers cache and fetch them side by side. */
const SHARD_BYTES = 4 << 20;

/**
 * A graph model for `tf.loadGraphModel`: `images` [batch, size, size, 3], normalised, to `logits`
 * [batch, classes]. `model.json` has the description under `userDefinedMetadata`.
 *
 * @returns the files by name
 */
export function tfjsFiles(model: ExportedModel): Map<string, Uint8Array<ArrayBuffer>> {
  const { description, parameters } = model;
  const classes = classesOf(description);
  const architecture = architectureOf(model);
  const layers = new TfjsLayers(parameters);
  const { size } = description.preprocessing;
  const images: GraphValue = { name: "images", shape: [-1, size, size, 3] };
  const features = architecture.features<GraphValue>(layers, images);
  const { name: logits } = architecture.classifier<GraphValue>(layers, features, classes);

  const input = tensorInfo("images", [-1, size, size, 3]);
  const output = tensorInfo("logits", [-1, classes]);
  const nodes: GraphNode[] = [
    {
      name: "images",
      op: "Placeholder",
      attr: { dtype: { type: "DT_FLOAT" }, shape: { shape: input.tensorShape } },
    },
    ...layers.graph.nodes,
    { name: "logits", op: "Identity", input: [logits], attr: { T: { type: "DT_FLOAT" } } },
  ];
  const { shards, manifest } = cutWeights(layers.graph.weights);
  const json = {
    format: "graph-model",
    generatedBy: "graft",
    convertedBy: "graft",
    signature: { inputs: { images: input }, outputs: { logits: output } },
    modelTopology: { node: nodes, library: {}, versions: { producer: 1 } },
    weightsManifest: [manifest],
    userDefinedMetadata: { [DESCRIPTION_KEY]: description },
  };
  return new Map([
    ["model.json", new TextEncoder().encode(JSON.stringify(json))],
    ...manifest.paths.map((path, i) => [path, shards[i]] as const),
  ]);
}

function tensorInfo(name: string, sizes: number[]) {
  const dim = sizes.map((size) => ({ size: String(size) }));
  return { name: `${name}:0`, dtype: "DT_FLOAT", tensorShape: { dim } };
}

function cutWeights(weights: ReadonlyMap<string, GraphWeight>) {
  const bytes = new Uint8Array(
    weights.values().reduce((sum, { data }) => sum + data.byteLength, 0),
  );
  let at = 0;
  const specs = Array.from(weights, ([name, { shape, data }]) => {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
    return { name, shape, dtype: data instanceof Int32Array ? "int32" : "float32" };
  });
  const count = Math.ceil(bytes.length / SHARD_BYTES);
  return {
    shards: Array.from(
      { length: count },
      (_, i) => bytes.slice(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
    ),
    manifest: {
      paths: Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`),
      weights: specs,
    },
  };
}
