/** Classes with their probabilities, in words and bars. Names are text, whatever they contain. */

import { percent } from "../../../data/statistics/percent.ts";

/** How many are listed. */
const TOP = 5;

/** Classes by their probability, the likeliest first. */
export function ranked(classes: readonly string[], probabilities: readonly number[]) {
  return probabilities
    .map((probability, i) => ({ label: classes[i], probability }))
    .sort((a, b) => b.probability - a.probability);
}

/** Fills a list with the likeliest classes. */
export function list(
  element: HTMLElement,
  classes: readonly string[],
  probabilities: readonly number[],
): void {
  element.replaceChildren(
    ...ranked(classes, probabilities).slice(0, TOP).map(({ label, probability }) => {
      const item = document.createElement("li");
      item.style.setProperty("--share", String(probability));
      item.dataset.probability = String(probability);
      for (const text of [label, percent(probability)]) {
        const part = document.createElement("span");
        part.textContent = text;
        item.append(part);
      }
      return item;
    }),
  );
}

/** "Ants or bees?" */
export function titleOf(classes: readonly string[]): string {
  if (classes.length > 4) return `Which of ${classes.length} classes?`;
  const all = `${classes.slice(0, -1).join(", ")} or ${classes.at(-1)}?`;
  return all.charAt(0).toUpperCase() + all.slice(1);
}
