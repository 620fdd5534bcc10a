import assert from "node:assert/strict";
import { suggestRate } from "../../training/suggest_rate.ts";

const RATES = Array.from({ length: 85 }, (_, i) => 1e-7 * 10 ** (8 * (i + 10) / 99));

/** Falls by a half around the rate `40 + 5 noise`, and soars at the end. */
const lossesWith = (noise: number) =>
  RATES.map((_, i) =>
    1 + 0.05 * noise * Math.sin(i * 1.7 + noise) -
    0.6 / (1 + Math.exp(-(i - 40 - 5 * noise) / 6)) + 0.5 * Math.max(0, (i - 70) / 10) ** 2
  );

Deno.test("the rate is the one that fastai 2.8.12 suggests", () => {
  // valley(lrs, losses, 100) of fastai.callback.schedule, which computes in float32.
  const suggested = [
    0.00029836472822353244,
    0.014849682338535786,
    0.03764935955405235,
    0.04534878581762314,
  ];
  suggested.forEach((expected, noise) => {
    const rate = suggestRate(RATES, lossesWith(noise))!;
    assert.ok(Math.abs(rate / expected - 1) < 1e-6, `noise ${noise}: ${rate}`);
  });
});

Deno.test("where nothing falls, none is suggested", () => {
  assert.equal(suggestRate(RATES, RATES.map((_, i) => 1 + i)), null);
  assert.equal(suggestRate(RATES, RATES.map(() => 1)), null);
  assert.equal(suggestRate(RATES, RATES.map((_, i) => i % 2)), null);
  assert.equal(suggestRate([], []), null);
  // A fall of four points is noise, one of five is none.
  assert.equal(suggestRate(RATES.slice(0, 4), [4, 3, 2, 1]), null);
  assert.equal(suggestRate(RATES.slice(0, 5), [5, 4, 3, 2, 1]), RATES[0]);
});
