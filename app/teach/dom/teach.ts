/** The page: hands on what is done in it, and shows what the worker says. */
import { list } from "../../page/dom/classes.ts";
import type { Pixels } from "../../page/messages.ts";
import { takeName, takeNumber } from "../class_names.ts";
import type { Ask, Download, Standing, TaughtClass, TaughtPhoto, Tell } from "../messages.ts";
import { ClassCard } from "./class_card.ts";
import { byClass, chosenFiles, droppedFiles } from "./dropped_files.ts";
import { drawFinetuning, photosChanged } from "./finetune_panel.ts";
import { PhotoDialog } from "./photo_dialog.ts";
import { Recorder } from "./recorder.ts";
import { drawStanding } from "./standing_panel.ts";

/** Photos that may wait to be looked at while the camera takes more. */
const MOST_WAITING = 60;
/** Refusals that are listed. */
const TROUBLES = 4;
/** Classes that a page begins with. */
const FIRST = ["class 1", "class 2"];

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const worker = new Worker(new URL(`./worker.js${location.search}`, import.meta.url), {
  type: "module",
});
const ask = (message: Ask, transfer: Transferable[] = []) => {
  if (message.type !== "frame" && message.type !== "show") drawTroubles([]);
  worker.postMessage(message, transfer);
};

const cards = new Map<string, ClassCard>();
const frames = new Map<number, () => void>();
const dialog = new PhotoDialog({
  move: ({ id }, classId) => ask({ type: "move photo", id, classId }),
  remove: ({ id }) => ask({ type: "remove photo", id }),
});
let classes: readonly TaughtClass[] = [];
let questions = 0, waiting = 0, lastTake = 0;
let recorded: string | undefined;
/** Whose name is to be written next. */
let isAdding = false;
let command = { model: "", byTake: false };
/** What was refused since something was last asked for. */
let troubles: readonly string[] = [];

worker.onmessage = ({ data }: MessageEvent<Tell>) => {
  switch (data.type) {
    case "loading":
      element<HTMLProgressElement>("loading").value = data.total ? data.done / data.total : 0;
      return;
    case "ready":
      return begin(data);
    case "failed":
      element("loading").hidden = true;
      say("");
      return refuse(`Nothing can be taught here: ${data.message}`);
    case "classes":
      return drawClasses(data.classes);
    case "photo":
      lastTake = Math.max(lastTake, takeNumber(data.photo.file));
      photosChanged();
      return cards.get(data.photo.classId)?.add(data.photo);
    case "gone":
      photosChanged();
      for (const id of data.ids) for (const card of cards.values()) card.remove(id);
      return;
    case "shown":
      return dialog.show(data.id, data.file);
    case "busy":
      return drawBusy(data.waiting, data.settling);
    case "standing":
      return drawScore(data.standing);
    case "answer":
      return drawAnswer(data);
    case "progress":
      return drawPacking(data.done, data.total);
    case "file":
      return save(data.name, data.file);
    case "finetuning":
      return drawFinetuning(data.facts);
    case "refused":
      answered(data.id);
      if (data.what) drawPacking(1, 1);
      return refuse(data.message);
  }
};
worker.onerror = ({ message }) => refuse(message || "a part of the page cannot be had");

function begin({ settings, backend, persists }: Extract<Tell, { type: "ready" }>): void {
  element("machine").textContent = `${settings.architecture}, computed by ${backend}.`;
  command = { ...command, model: settings.architecture };
  drawCommand();
  if (persists) navigator.storage.persist?.();
  else {
    element("promise").textContent =
      "Nothing is sent anywhere. This browser keeps no photos for pages: they are gone when this one " +
      "is closed, so download them before.";
  }
  element("loading").hidden = true;
  document.querySelector("main")!.hidden = false;
  say("Ready.");
}

function say(text: string): void {
  element("status").textContent = text;
}

/** What went wrong stays until something else is done. */
function refuse(text: string): void {
  drawTroubles([...troubles, `${text.charAt(0).toUpperCase()}${text.slice(1)}.`]);
}

function drawTroubles(now: readonly string[]): void {
  troubles = now;
  const shown = now.slice(0, TROUBLES);
  if (now.length > TROUBLES) shown.push(`And ${now.length - TROUBLES} more.`);
  element("trouble").hidden = now.length === 0;
  element("trouble").replaceChildren(...shown.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
}

function drawClasses(given: readonly TaughtClass[]): void {
  if (given.length === 0 && classes.length === 0) {
    for (const name of FIRST) ask({ type: "add class", name });
  }
  classes = given;
  for (const id of cards.keys()) {
    if (given.some((known) => known.id === id)) continue;
    cards.get(id)!.element.remove();
    cards.delete(id);
  }
  for (const { id, name } of given) {
    const known = cards.get(id);
    if (known) known.name = name;
    else addCard(id, name);
  }
}

function addCard(id: string, name: string): void {
  const card = new ClassCard(name, {
    rename: (name) => ask({ type: "rename class", id, name }),
    remove: () => {
      if (card.photos.size > 0 && !confirm(`Remove ${card.name} with all its photos?`)) return;
      if (recorded === id) stopRecording();
      ask({ type: "remove class", id });
    },
    add: (files) => ask({ type: "add photos", classId: id, files }),
    record: () => record(id),
    open: openPhoto,
  });
  const { element: made } = card;
  made.ondragover = (event) => {
    event.preventDefault();
    made.classList.add("over");
  };
  made.ondragleave = () => made.classList.remove("over");
  made.ondrop = async (event) => {
    event.preventDefault();
    event.stopPropagation();
    made.classList.remove("over");
    const files = await droppedFiles(event.dataTransfer!);
    ask({ type: "add photos", classId: id, files: files.map(({ file }) => file) });
  };
  cards.set(id, card);
  element("classes").append(made);
  if (isAdding) card.focusName();
  isAdding = false;
}

function openPhoto(photo: TaughtPhoto): void {
  dialog.open(photo, classes);
  ask({ type: "show", id: photo.id });
}

// --- the camera

const recorder = new Recorder(element<HTMLVideoElement>("video"), (frame: Pixels) => {
  const id = ++questions;
  return new Promise((resolve) => {
    frames.set(id, resolve);
    ask({ type: "frame", id, frame }, [frame.data.buffer]);
  });
});

/** Frames that were passed over are answered with the next one. */
function answered(id = Infinity): void {
  for (const [asked, resolve] of frames) {
    if (asked > id) continue;
    frames.delete(asked);
    resolve();
  }
}

async function useCamera(): Promise<boolean> {
  try {
    await recorder.start();
    drawCamera();
    return true;
  } catch (error) {
    refuse(`the camera cannot be used: ${(error as Error).message}`);
    return false;
  }
}

function drawCamera(): void {
  const button = element("camera");
  button.setAttribute("aria-pressed", String(recorder.isOn));
  button.textContent = recorder.isOn ? "Stop the camera" : "Use the camera";
  element("shown").hidden = !recorder.isOn;
  element("tried").hidden = true;
}

element("camera").onclick = async () => {
  if (!recorder.isOn) return void await useCamera();
  stopRecording();
  recorder.stop();
  drawCamera();
};

async function record(id: string): Promise<void> {
  const isSame = recorded === id;
  stopRecording();
  if (isSame || !await useCamera()) return;
  recorded = id;
  cards.get(id)!.isRecorded = true;
  const take = takeName(++lastTake);
  let shots = 0;
  recorder.record((photo) => {
    const name = `${String(++shots).padStart(4, "0")}.jpg`;
    ask({ type: "add photos", classId: id, files: [new File([photo], name)], take });
  }, () => waiting > MOST_WAITING);
  say(`Recording ${cards.get(id)!.name}: turn it, move it, change the light.`);
}

function stopRecording(): void {
  recorder.pause();
  if (recorded !== undefined) {
    const card = cards.get(recorded);
    if (card) card.isRecorded = false;
    say("Stopped. Record each class a few times, so that it can be told how good the model is.");
  }
  recorded = undefined;
}

// --- answers

function drawAnswer(
  { id, classes: names, probabilities, preview }: Extract<Tell, { type: "answer" }>,
): void {
  answered(id);
  element("nothing").hidden = probabilities.length > 0;
  list(element("answers"), names, probabilities);
  if (!preview) return;
  const canvas = element<HTMLCanvasElement>("tried");
  [canvas.width, canvas.height] = [preview.width, preview.height];
  const pixels = new ImageData(preview.data, preview.width, preview.height);
  canvas.getContext("2d")!.putImageData(pixels, 0, 0);
  canvas.hidden = false;
  element("shown").hidden = false;
  const best = probabilities.indexOf(Math.max(...probabilities));
  say(best < 0 ? "Teach two classes first." : `It says ${names[best]}.`);
}

function drawScore(standing: Standing | null): void {
  drawStanding(standing, (id, words) => {
    const card = [...cards.values()].find((card) => card.photos.has(id));
    const photo = card?.photos.get(id);
    if (!photo) return undefined;
    const button = document.createElement("button");
    button.type = "button";
    button.onclick = () => openPhoto(photo);
    const image = new Image();
    image.alt = "";
    image.src = card!.urlOf(photo);
    const text = document.createElement("span");
    text.textContent = `${card!.name}, ${words}`;
    button.append(image, text);
    return button;
  });
  element("take").hidden = !standing;
  if (standing) element("nothing").textContent = "It answers what the camera shows, and photos.";
  for (const [id, card] of cards) {
    const label = standing?.classes.findIndex((known) => known.id === id) ?? -1;
    const row = standing?.score?.confusion[label];
    card.standing = row && {
      correct: row[label],
      total: row.reduce((sum, count) => sum + count, 0),
    };
  }
  if (!standing) return;
  command.byTake = standing.byTake;
  drawCommand();
  const state = standing.settled ? "settled" : standing.converged ? "converged" : "learning";
  document.body.dataset.state = state;
}

function drawCommand(): void {
  const group = command.byTake ? " --group folder" : "";
  element("command").textContent =
    `deno task pipeline --data photos.zip --recipe best --branch frozen --model ${command.model}` +
    group;
}

function drawBusy(now: number, settling: boolean): void {
  if (now > 0) say(`Looking at photos: ${now} to go…`);
  else if (waiting > 0) say("All photos are looked at.");
  waiting = now;
  document.body.dataset.busy = now > 0 ? "looking" : settling ? "settling" : "";
}

// --- what is added, and taken away

element<HTMLFormElement>("new-class").onsubmit = (event) => {
  event.preventDefault();
  const input = element<HTMLInputElement>("class-name");
  const name = input.value.trim() || unusedClassName();
  input.value = "";
  isAdding = true;
  ask({ type: "add class", name });
};

function unusedClassName(): string {
  for (let number = classes.length + 1;; number++) {
    const name = `class ${number}`;
    if (!classes.some((known) => known.name === name)) return name;
  }
}

function addFiles(files: ReturnType<typeof chosenFiles>): void {
  const { inFolders, loose } = byClass(files);
  if (inFolders.length === 0) {
    if (loose.length > 0) refuse("drop photos on the class that they are of, or a folder a class");
    return;
  }
  // Those that the page began with are in the way where nobody used them.
  for (const { id, name } of classes) {
    if (FIRST.includes(name) && cards.get(id)!.photos.size === 0 && recorded !== id) {
      ask({ type: "remove class", id });
    }
  }
  ask({ type: "add folders", files: inFolders });
}

const folders = element<HTMLInputElement>("folders");
folders.onchange = () => {
  addFiles(chosenFiles(folders.files!));
  folders.value = "";
};
document.ondragover = (event) => event.preventDefault();
document.ondrop = async (event) => {
  event.preventDefault();
  addFiles(await droppedFiles(event.dataTransfer!));
};

const tried = element<HTMLInputElement>("try");
tried.onchange = () => {
  if (recorder.isOn) element("camera").click();
  for (const file of tried.files!) ask({ type: "try", id: ++questions, file });
  tried.value = "";
};

for (const button of document.querySelectorAll<HTMLButtonElement>("#take [data-what]")) {
  button.onclick = () => {
    drawPacking(0, 1);
    const what = button.dataset.what as Download;
    ask({ type: "download", what, isFinetuned: "finetuned" in button.dataset });
  };
}

element("finetune").onclick = () => ask({ type: "finetune" });
element("stop-finetuning").onclick = () => ask({ type: "stop finetuning" });

function drawPacking(done: number, total: number): void {
  const bar = element<HTMLProgressElement>("packing");
  bar.value = total > 0 ? done / total : 0;
  bar.hidden = done === total;
  for (const button of document.querySelectorAll<HTMLButtonElement>("#take [data-what]")) {
    button.disabled = done !== total;
  }
}

function save(name: string, file: Blob): void {
  drawPacking(1, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`${name} is put together.`);
}
