/** What each step of the pipeline does, in a line: for `--help`, and as `deno task` lists it. */
export const STEP_SUMMARIES: Readonly<Record<string, string>> = {
  download_data: "fetch photos, from wherever they come, and divide them",
  convert_weights: "fetch pretrained weights and check them against the architecture",
  build_datasets: "look at the photos and pack those that can be read",
  build_test: "pack the photos to test by apart, which nothing is chosen by (of --recipe best)",
  choose_backbone: "compare networks by cross-validation (of --recipe best)",
  cross_validate: "ask about each photo a head chosen without it (of --recipe best)",
  compute_features: "have the frozen network look at every photo once (of --recipe best)",
  train_finetune: "train every layer, from the pretrained weights on",
  train_frozen: "train a new head on frozen features",
};
