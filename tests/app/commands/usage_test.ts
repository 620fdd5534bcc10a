/** What a command line gets wrong is said at once, by name. */
import assert from "node:assert/strict";
import { graft } from "../../tasks/graft.ts";

const USAGE: [string[], RegExp][] = [
  [["run", "--epoch=3"], /--epoch is no flag: did you mean --epochs\?/],
  [["run", "trane_frozen"], /no step "trane_frozen"/],
  [["run", "--model=vgg16"], /--model is "vgg16", but takes one of auto, all, resnet18/],
  [["run", "--weights=w.pth"], /--weights is ".*w\.pth", but there is no such file/],
  [["plan", "--recipe=quick", "--balance=loss"], /--balance is of --recipe best/],
  [["frobnicate"], /no command "frobnicate"/],
  [["predict"], /predict takes photos/],
  [["why"], /why takes the name of one step/],
  [["compare", "latest"], /compare takes two runs/],
  [["compare", "latest", "latest"], /has no run "latest": nothing ran there yet/],
  [["gc", "--max-age=old"], /--max-age is "old", but takes an age such as 30d/],
  [["predict", "--model=resnet18,resnet34", "x.jpg"], /predict takes one --model, not resnet18, /],
  [["pipeline", "--sweep=sed=1,2"], /did you mean seed\?/],
  [["export"], /export takes --format, one of safetensors, pytorch/],
  [["serve", "--port=80000"], /--port is "80000", but takes a whole number from 0 to 65535/],
  [["export", "--format=onx"], /--format is "onx", but .*: did you mean onnx\?/],
];

for (const [args, message] of USAGE) {
  Deno.test(`\`${args.join(" ")}\` exits with 2 and says what is wrong, without a stack trace`, async () => {
    const folder = await Deno.makeTempDir();
    const { code, stderr } = await graft([...args, "--store=store"], { cwd: folder });
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^\s+at /m);
    await Deno.remove(folder, { recursive: true });
  });
}
