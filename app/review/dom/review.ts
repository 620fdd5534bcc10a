/** The review's page: one finding at a time, decided on by keyboard or hand. */
import type { Decided, Decision, Item, Progress, Score, State } from "../messages.ts";

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const button = (id: string) => element<HTMLButtonElement>(id);

let state: State;
/** The kind that is shown alone; undefined for all. */
let kind: string | undefined;
/** Of the shown items. */
let at = 0;
/** Ids of photos that a decision is about. */
let chosen = new Set<number>();
/** One decision after the other: the second is about what is shown after the first. */
let busy = false;

const shownItems = () => state.items.filter((item) => !kind || item.kind === kind);
const isOpen = ({ photos }: Item) => photos.some((id) => !state.decided[id]);
const current = (): Item | undefined => shownItems()[at];

async function begin(): Promise<void> {
  try {
    const response = await fetch("state.json");
    if (!response.ok) throw new Error((await response.json()).error);
    state = await response.json();
  } catch (error) {
    return say(`What was found cannot be had: ${(error as Error).message}`, true);
  }
  const { remarks } = state;
  element("remarks").hidden = remarks.length === 0;
  element("remarks").querySelector("summary")!.textContent = remarks.length === 1
    ? "1 remark on all photos"
    : `${remarks.length} remarks on all photos`;
  element("remarks").querySelector("ul")!.replaceChildren(
    ...remarks.map(({ title, cost, remedy }) => textOf("li", `${title}. ${cost} ${remedy}`)),
  );
  element("names").replaceChildren(...state.classes.map((name) => new Option(name)));
  element("run").textContent = state.next;
  say(state.refused ? `No label was judged: ${state.refused}` : "", state.refused !== undefined);
  goTo(Math.max(0, shownItems().findIndex(isOpen)));
}

function textOf(tag: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function say(text: string, wrong = false): void {
  element("status").textContent = text;
  element("status").classList.toggle("wrong", wrong);
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

function goTo(position: number): void {
  const items = shownItems();
  at = Math.max(0, Math.min(position, items.length - 1));
  const item = current();
  // Where photos disagree about their class, or show the same, one of them is to be chosen.
  chosen = new Set(item?.photos.slice(0, 1));
  element("classes").hidden = true;
  render();
}

function render(): void {
  const items = shownItems(), item = current();
  const open = state.items.filter(isOpen).length;
  element("summary").textContent = `${state.folder}: ${counted(state.items.length, "finding")}, ` +
    `${open} to be decided on.`;
  renderScores();
  renderKinds();
  element("item").hidden = !item;
  button("undo").disabled = state.undoable === 0;
  button("previous").disabled = at === 0;
  button("next").disabled = at >= items.length - 1;
  if (!item) {
    say("Nothing was found.");
    return;
  }
  const { title, cost } = state.kinds.find(({ key }) => key === item.kind)!;
  element("title").textContent = `${title} (${at + 1} of ${items.length})`;
  element("cost").textContent = cost;
  renderPhotos(item);
  const { suggestion } = item;
  button("accept").hidden = suggestion === undefined;
  button("accept").replaceChildren(`It is ${suggestion} `, textOf("kbd", "Enter"));
  // The next one is there when it is asked for.
  for (const id of items[at + 1]?.photos.slice(0, 4) ?? []) new Image().src = addressOf(id);
}

function renderKinds(): void {
  const make = (key: string | undefined, title: string, items: Item[]) => {
    const open = items.filter(isOpen).length;
    const made = textOf("button", `${title} ${open}/${items.length}`) as HTMLButtonElement;
    made.type = "button";
    made.setAttribute("aria-pressed", String(kind === key));
    made.onclick = () => {
      kind = key;
      goTo(Math.max(0, shownItems().findIndex(isOpen)));
    };
    return made;
  };
  element("kinds").replaceChildren(
    make(undefined, "All", state.items),
    ...state.kinds.map(({ key, title }) =>
      make(key, title, state.items.filter((item) => item.kind === key))
    ),
  );
}

/** What decisions do to what is measured, and what that means. */
function renderScores(): void {
  const words = ({ part, changed, before, after }: Score) => {
    const was = `${percent(before.correct / before.total)} (${before.correct} of ${before.total})`;
    const is = after.total === 0
      ? "nothing, as all are set aside"
      : `${percent(after.correct / after.total)} (${after.correct} of ${after.total})`;
    const of = part === "test" ? "photos to test by" : "photos for validation";
    return `${changed} of the ${of} changed: by the labels as they were, a model that had not seen ` +
      `them was right on ${was}; by yours the same answers come to ${is}. The model did not get ` +
      "better by that: labels that are mended where a model objects flatter the model.";
  };
  element("scores").replaceChildren(
    ...state.scores.filter(({ part, changed }) => part !== "train" && changed > 0)
      .map((score) => textOf("p", words(score))),
  );
}

const addressOf = (id: number) => `photo/${id}.png?${state.session}`;

function renderPhotos({ photos }: Item): void {
  element("photos").replaceChildren(...photos.map((id) => {
    const { path, className, part, predicted, probability, given } = state.photos[id];
    const figure = document.createElement("figure");
    figure.setAttribute("role", "option");
    figure.setAttribute("aria-selected", String(chosen.has(id)));
    figure.dataset.id = String(id);
    const picture = new Image();
    picture.src = addressOf(id);
    picture.alt = path;
    const caption = document.createElement("figcaption");
    caption.append(
      textOf("span", part ? `${className}, in ${part}` : `said to be ${className}`),
    );
    if (predicted !== undefined && probability !== undefined) {
      const own = predicted === className ? "" : `; ${className}: ${percent(given!)}`;
      caption.append(
        textOf("span", `A model that did not see it: ${predicted}, ${percent(probability)}${own}`),
      );
    } else if (predicted !== undefined) {
      caption.append(textOf("span", `The model had said ${predicted}`));
    }
    const decided = state.decided[id];
    if (decided) caption.append(textOf("span", inWords(decided), "decided"));
    caption.append(textOf("span", path, "path"));
    figure.append(picture, caption);
    figure.onclick = () => {
      chosen = new Set([id]);
      render();
    };
    return figure;
  }));
}

const inWords = ({ decision, class: to }: Decided): string =>
  decision === "move" ? `moved to ${to}` : decision === "keep" ? "kept" : "set aside";

async function decide(decided: Decided): Promise<void> {
  if (busy || chosen.size === 0) return;
  const decision: Decision = { ...decided, photos: [...chosen] };
  const item = current();
  if (!await send("decide", decision)) return;
  const names = decision.photos.map((id) => state.photos[id].path);
  const what = names.length === 1 ? names[0] : counted(names.length, "photo");
  if (item && !isOpen(item)) goToNext();
  else {
    // Of a group, the next photo that is not decided on.
    chosen = new Set(item?.photos.filter((id) => !state.decided[id]).slice(0, 1));
    element("classes").hidden = true;
    render();
  }
  say(
    `${what}: ${inWords(decided)}.${
      shownItems().some(isOpen) ? "" : " All of these are decided on."
    }`,
  );
}

function goToNext(): void {
  const items = shownItems();
  const next = items.findIndex((item, i) => i > at && isOpen(item));
  goTo(next >= 0 ? next : items.findIndex(isOpen) >= 0 ? items.findIndex(isOpen) : at);
}

async function undo(): Promise<void> {
  if (busy || state.undoable === 0) return;
  const before = state.decided;
  if (!await send("undo")) return;
  const changed = Object.keys({ ...before, ...state.decided }).map(Number)
    .filter((id) => JSON.stringify(before[id]) !== JSON.stringify(state.decided[id]));
  const items = shownItems();
  const about = ({ photos }: Item) => changed.every((id) => photos.includes(id));
  const position = changed.length > 0 ? items.findIndex(about) : -1;
  goTo(position >= 0 ? position : at);
  say("The last decision is taken back.");
}

/** @returns whether it was kept */
async function send(what: "decide" | "undo", body?: Decision): Promise<boolean> {
  setBusy(true);
  try {
    const response = await fetch(what, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    state = { ...state, ...answer as Progress };
    return true;
  } catch (error) {
    say(`Nothing was changed: ${(error as Error).message}`, true);
    return false;
  } finally {
    setBusy(false);
  }
}

function setBusy(value: boolean): void {
  busy = value;
  element("item").setAttribute("aria-busy", String(value));
}

function accept(): void {
  const suggestion = current()?.suggestion;
  if (suggestion !== undefined) decide({ decision: "move", class: suggestion });
}

/** Shows the classes to choose from: the first nine by their number, all by name. */
function askForClass(): void {
  element("classes").hidden = false;
  element("buttons").replaceChildren(
    ...state.classes.slice(0, 9).map((name, i) => {
      const made = textOf("button", `${name} `) as HTMLButtonElement;
      made.type = "button";
      made.append(textOf("kbd", String(i + 1)));
      made.onclick = () => decide({ decision: "move", class: name });
      return made;
    }),
  );
  const input = element<HTMLInputElement>("class");
  input.value = "";
  input.focus();
}

element<HTMLFormElement>("classes").onsubmit = (event) => {
  event.preventDefault();
  const typed = element<HTMLInputElement>("class").value.trim();
  const fitting = state.classes.filter((name) =>
    name.toLowerCase().startsWith(typed.toLowerCase())
  );
  const to = state.classes.find((name) => name === typed) ??
    (typed !== "" && fitting.length === 1 ? fitting[0] : undefined);
  if (to === undefined) say(`Which class is ${JSON.stringify(typed)}? Type more of it.`, true);
  else decide({ decision: "move", class: to });
};

function choose(step: number): void {
  const photos = current()?.photos ?? [];
  const position = chosen.size === 1 ? photos.indexOf([...chosen][0]) : step > 0 ? -1 : 0;
  const next = photos[(position + step + photos.length) % photos.length];
  if (next !== undefined) chosen = new Set([next]);
  render();
}

const KEYS: Record<string, () => void> = {
  Enter: accept,
  k: () => decide({ decision: "keep" }),
  m: askForClass,
  s: () => decide({ decision: "set aside" }),
  u: undo,
  a: () => {
    chosen = new Set(current()?.photos);
    render();
  },
  ArrowDown: () => goTo(at + 1),
  j: () => goTo(at + 1),
  ArrowUp: () => goTo(at - 1),
  ArrowRight: () => choose(1),
  ArrowLeft: () => choose(-1),
};

document.onkeydown = (event) => {
  if (!state || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  if (target.id === "class") {
    const input = target as HTMLInputElement;
    const number = Number(event.key);
    const isNumbered = input.value === "" && number >= 1 && number <= state.classes.length;
    // A class may itself be a number: then it is typed.
    const isName = state.classes.some((name) => name.startsWith(event.key));
    if (event.key === "Escape") {
      element("classes").hidden = true;
      input.blur();
    } else if (isNumbered && !isName) {
      event.preventDefault();
      decide({ decision: "move", class: state.classes[number - 1] });
    }
    return;
  }
  // A button that has the focus is pressed, as anywhere.
  const isPressed = ["Enter", " "].includes(event.key) && target.closest("button, summary");
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || isPressed) return;
  event.preventDefault();
  act();
};

button("accept").onclick = accept;
button("keep").onclick = KEYS.k;
button("move").onclick = askForClass;
button("aside").onclick = KEYS.s;
button("undo").onclick = undo;
button("previous").onclick = KEYS.ArrowUp;
button("next").onclick = KEYS.ArrowDown;

begin();
