/** The training of all layers, for people who never heard of machine learning. */
import { counted, percent } from "../../../data/statistics/percent.ts";
import type { FinetuneFacts } from "../messages.ts";

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** Photos changed after they were learnt from. */
let isStale = false;

export function drawFinetuning(facts: FinetuneFacts): void {
  const isRunning = facts.state === "running";
  const bar = element<HTMLProgressElement>("finetuning");
  bar.hidden = !isRunning;
  element("finetune").hidden = isRunning;
  element("stop-finetuning").hidden = !isRunning;
  if (isRunning) {
    if (facts.what === "packing" && facts.share === 0) isStale = false;
    bar.value = facts.share;
    const what = facts.what === "packing" ? "Making photos ready" : "Learning";
    element("finetune-words").textContent = `${what}: ${percent(facts.share, 0)}`;
    bar.setAttribute("aria-label", what);
    return;
  }
  if (facts.state === "done") {
    element("finetuned").hidden = false;
    element("finetune").textContent = "Train all layers again";
  }
  element("finetune-words").textContent = inWords(facts) + (isStale ? STALE : "");
}

const STALE = " Photos have changed since: train again for it to know them.";

/** What was learnt is no more what there is. */
export function photosChanged(): void {
  const words = element("finetune-words");
  if (isStale || words.textContent === "") return;
  isStale = true;
  if (!element("finetuned").hidden) words.textContent += STALE;
}

function inWords(facts: Exclude<FinetuneFacts, { state: "running" }>): string {
  if (facts.state === "stopped") return "Stopped: nothing of it is kept.";
  if (facts.state === "failed") return `It failed: ${facts.message}.`;
  const { before, correct, total, isBetter } = facts;
  if (!isBetter) {
    return `Training all layers made it no better: right on ${correct} of the ` +
      `${counted(total, "photo")} kept aside, as before.`;
  }
  return `Right on ${correct} of the ${counted(total, "photo")} kept aside; the model above on ` +
    `${before}. These photos chose when to stop, so try new ones before you believe it.`;
}
