import assert from "node:assert/strict";
import { withTimes } from "../../bench/networks.ts";

Deno.test("times go into the fourth column of the networks that they are of, and nowhere else", () => {
  const text = [
    "| name     | parameters | ImageNet | ms | file |",
    "| -------- | ---: | ---: | ---: | --- |",
    "| `resnet18` | 11.7 M | 69.8% | | torchvision |",
    "| `swin_t` | 28.3 M | 81.5% | 99 | torchvision |",
    "| resnet18 | 11.7 M | 69.8% | | torchvision |",
    "`resnet18` and `swin_t` | are | networks |",
  ].join("\n");
  assert.equal(
    withTimes(text, new Map([["resnet18", "23"]])),
    text.replace("69.8% | |", "69.8% | 23 |"),
  );
  assert.equal(withTimes(text, new Map()), text);
});
