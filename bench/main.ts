/** `deno task bench KIND`: how fast and how often right, beside PyTorch, tfjs and other peers. */
import { benchAccuracy } from "./accuracy.ts";
import { benchDag } from "./dag.ts";
import { benchEpoch } from "./epoch.ts";
import { benchFiles } from "./files.ts";
import { benchFolder } from "./folder.ts";
import { benchFinetune } from "./finetune.ts";
import { benchGpu } from "./gpu.ts";
import { benchKernels } from "./kernels.ts";
import { benchLayers } from "./layers.ts";
import { benchNetworks } from "./networks.ts";
import { benchPredict } from "./predict.ts";
import { benchProbe } from "./probe.ts";
import { benchServe } from "./serve.ts";
import { benchSlurm, benchSlurmKills } from "./slurm.ts";
import { benchStep } from "./step.ts";
import { benchThreads } from "./threads.ts";

const BENCHES: Record<string, (args: string[]) => Promise<void>> = {
  step: benchStep,
  accuracy: benchAccuracy,
  kernels: benchKernels,
  threads: benchThreads,
  networks: benchNetworks,
  epoch: benchEpoch,
  finetune: benchFinetune,
  predict: benchPredict,
  serve: benchServe,
  layers: benchLayers,
  dag: benchDag,
  files: benchFiles,
  folder: benchFolder,
  probe: benchProbe,
  gpu: benchGpu,
  slurm: benchSlurm,
  slurm_kills: benchSlurmKills,
};

const [kind = "", ...args] = Deno.args;
const bench = BENCHES[kind];
if (!bench) {
  console.error(
    `usage: deno task bench step [--model NAME] [--batch N] [--size N]
    [--work train_step,frozen_step,…] [--backend wasm|webgpu] [--threads N] [--rounds N]
    [--no-flags] [--json]
    [--peer pytorch|onnxruntime|openvino --python PATH | --peer tfjs]
  deno task bench kernels [--model NAME] [--batch N] [--work train_step|frozen_step|infer_batch_1|…]
    [--backend wasm|webgpu] [--threads N] [--rounds N] [--no-flags] [--json]
  deno task bench threads [--model NAME] [--batch N] [--work train_step|frozen_step|infer_batch_1|…]
    [--threads 1,2,4,8,16] [--rounds N] [--no-flags] [--json]
  deno task bench networks [--models NAME,NAME] [--threads N] [--into README.md] [--json]
  deno task bench epoch [--model NAME] [--batch N] [--threads N] [--dataset DIR] [--rounds N] [--json]
  deno task bench predict [--model NAME] [--photo FILE] [--rounds N] [--json]
    [--peer pytorch --python PATH]
  deno task bench predict --folder DIR [--model NAME] [--rounds N] [--json] [--peer MAIN]
  deno task bench serve [--model NAME] [--photo FILE] [--clients 1,16,64] [--seconds N] [--main FILE]
    [--json]
  deno task bench layers [--backend wasm|webgpu] [--peer cpu|stock-webgpu] [--batch N] [--size N]
    [--threads N] [--rounds N] [--json]
  deno task bench dag [--steps 7,300,1000] [--peers snakemake,dvc,wireit] [--python PATH]
    [--rounds N] [--folder DIR] [--json]
  deno task bench files [--count N] [--json]
  deno task bench folder [--photos N] [--recipe best|quick|tutorial] [--main FILE] [--json]
  deno task bench probe [--photos N] [--features N] [--classes N] [--rounds N]
    [--only choose_penalty|learning_curve|live_step|live_end|live_all] [--json]
  deno task bench accuracy --data DIR --weights FILE [--tools quick,tutorial,best,sklearn,fastai,…]
    [--sets hymenoptera,…] [--divisions 0,1,2] [--backend wasm|webgpu] [--threads N] [--python PATH]
    [--out FILE] [--table [--finetune FILE --variant NAME] [--against TOOL]]
  deno task bench finetune --data DIR --weights FILE [--variants "NAME;NAME"] [--sets hymenoptera,…]
    [--divisions 0,1,2] [--seeds 0] [--backend wasm|webgpu] [--threads N] [--tuning DIR] [--out FILE]
    [--seconds N] [--table]
  deno task bench gpu [--photos FOLDER] [--python PATH] [--seconds N] [--processes N] [--out FILE]
  deno task bench slurm [--seeds N] [--nodes N] [--settings N] [--kills N]
  deno task bench slurm_kills [--kills N] [--seed N]`,
  );
  Deno.exit(2);
}
await bench(args);
