/** How good the classifier is, for people who never heard of machine learning. */
import { counted, percent, percentRange } from "../../../data/statistics/percent.ts";
import type { Standing } from "../messages.ts";

/** Mistakes that are shown, the surest first, and kinds of them. */
const MISTAKES = 24, CONFUSIONS = 6;
/** With fewer photos asked about, a share says hardly anything. */
const FEW = 10;

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** @param show makes the button of a photo; undefined of one that is gone */
export function drawStanding(
  standing: Standing | null,
  show: (id: string, words: string) => HTMLElement | undefined,
): void {
  element("standing").hidden = !standing;
  if (!standing) return;
  const { score, classes, mistakes } = standing;
  element("accuracy").textContent = score ? percent(score.accuracy) : "–";
  element("measured").textContent = inWords(standing);
  const caution = cautionOf(standing);
  element("caution").hidden = caution === undefined;
  element("caution").textContent = caution ?? "";
  element("confusions").replaceChildren(
    ...confusionsOf(standing).map((words) => {
      const item = document.createElement("li");
      item.textContent = words;
      return item;
    }),
  );
  drawTable(standing);
  const nameOf = (id: string) => classes.find((known) => known.id === id)?.name ?? "";
  element("mistakes").replaceChildren(
    ...mistakes.slice(0, MISTAKES).flatMap(({ id, taken, probability }) =>
      show(id, `taken for ${nameOf(taken)} (${percent(probability, 0)} sure)`) ?? []
    ),
  );
}

/** Which photos were asked about, and what that is worth. */
function inWords(standing: Standing): string {
  const { score, measured, taught, aside, settled, converged, objection } = standing;
  if (!score) return "No photo is kept aside yet: every class needs two or more.";
  const { correct, total, interval } = score;
  const how = measured === "every photo"
    ? `Right on ${correct} of ${counted(total, "photo")}, each of which was asked about when it ` +
      "had not been taught."
    : `Right on ${correct} of the ${counted(total, "photo")} that are kept aside: about one in ` +
      `five is never taught, only asked about (${aside} of ${taught + aside}).`;
  const range = `Of new photos like these, ${percentRange(interval, 0)} (with 95% confidence).`;
  const state = settled
    ? "This is the model that the command line makes of these photos."
    : objection !== undefined
    ? ""
    : converged
    ? "How freely it may learn is being checked…"
    : "Still learning…";
  return [how, range, state].join(" ").trim();
}

function cautionOf({ objection, byTake, score, settled }: Standing): string | undefined {
  if (objection !== undefined) {
    return `It cannot be measured well by these photos: ${objection}. Photos that look alike are ` +
      "answered rightly because they look alike; record each class a few times, each time otherwise.";
  }
  if (score && score.total < FEW) return "So few photos say hardly anything: add more.";
  if (settled && !byTake && score?.accuracy === 1) {
    return "All right: try new photos before you believe it, from another day or place.";
  }
}

/** The most frequent kinds of mistakes, in a sentence each. */
function confusionsOf({ score, classes }: Standing): string[] {
  if (!score) return [];
  return score.confusion.flatMap((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, said) =>
      said === actual || count === 0 ? [] : [{ count, total, actual, said }]
    );
  }).sort((a, b) => b.count - a.count).slice(0, CONFUSIONS).map(({ count, total, actual, said }) =>
    `${count} of ${counted(total, "photo")} of ${classes[actual].name} ` +
    `${count === 1 ? "was" : "were"} taken for ${classes[said].name}`
  );
}

function drawTable({ score, classes }: Standing): void {
  element("table").hidden = !score;
  if (!score) return;
  const cell = (tag: "th" | "td", text: string, kind = "", scope = "") => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (kind) made.className = kind;
    if (scope) made.setAttribute("scope", scope);
    return made;
  };
  const row = (cells: HTMLElement[]) => {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  };
  const head = document.createElement("thead"), body = document.createElement("tbody");
  head.append(row([
    cell("th", "what it is ↓ what it said →", "", "col"),
    ...classes.map(({ name }) => cell("th", name, "", "col")),
  ]));
  body.append(...score.confusion.map((counts, actual) =>
    row([
      cell("th", classes[actual].name, "", "row"),
      ...counts.map((count, said) =>
        cell("td", String(count), said === actual ? "right" : count > 0 ? "wrong" : "none")
      ),
    ])
  ));
  document.querySelector("#table table")!.replaceChildren(head, body);
}
