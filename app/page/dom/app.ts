/** The page: photos in, answers out. The worker computes. */
import { startCamera } from "./camera.ts";
import { Card } from "./card.ts";
import { counted, percentRange } from "../../../data/statistics/percent.ts";
import { list, titleOf } from "./classes.ts";
import type { PageManifest, Pixels, Question, Reply } from "../messages.ts";

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const status = element("status");
const worker = new Worker(new URL(`./worker.js${location.search}`, import.meta.url), {
  type: "module",
});
const cards = new Map<number, Card>();
const sent = new Map<number, File>();
const frames = new Map<number, (probabilities: number[]) => void>();
let manifest: PageManifest;
let questions = 0;

worker.onmessage = ({ data: reply }: MessageEvent<Reply>) => {
  switch (reply.type) {
    case "loading":
      element<HTMLProgressElement>("loading").value = reply.total ? reply.done / reply.total : 0;
      return;
    case "ready":
      return begin(reply.manifest, reply.backend);
    case "failed":
      return fail(reply.message);
    case "answer":
      answerFrame(reply.id, reply.probabilities);
      cards.get(reply.id)?.answer(reply, manifest.classes);
      if (manifest.reviews) askWhatItIs(reply.id);
      if (reply.preview) say(cards.get(reply.id)!.inWords(reply, manifest.classes));
      return;
    case "heat":
      return cards.get(reply.id)?.explain(reply.preview);
    case "refused":
      answerFrame(reply.id, []);
      return refuse(cards.get(reply.id), reply.message);
  }
};
worker.onerror = ({ message }) => fail(message || "a part of the page cannot be had");

/** Where the model is wrong, the photo may be kept for whoever reviews the photos. */
function askWhatItIs(id: number): void {
  const card = cards.get(id), file = sent.get(id);
  if (!card || !file) return;
  card.askWhatItIs(manifest.classes, async (label, predicted) => {
    const query = new URLSearchParams({ label, predicted });
    try {
      const response = await fetch(`wrong?${query}`, {
        method: "POST",
        headers: { "x-graft-review": "1", "content-type": "application/octet-stream" },
        body: file,
      });
      if (!response.ok) throw new Error((await response.json()).error);
      say(`${card.name}: kept for the review as ${label}. Nothing is taught by it before that.`);
    } catch (error) {
      say(`${card.name} was not kept: ${(error as Error).message}`, true);
    }
  });
}

function answerFrame(id: number, probabilities: number[]): void {
  frames.get(id)?.(probabilities);
  frames.delete(id);
}

function refuse(card: Card | undefined, message: string): void {
  card?.refuse(message);
  if (card) say(`${card.name}: ${message}`, true);
}

function begin(given: PageManifest, backend: string): void {
  manifest = given;
  const { classes, accuracy, architecture, origin } = manifest;
  document.title = element("title").textContent = titleOf(classes);
  const summary: string[] = [];
  if (accuracy) {
    const photos = counted(accuracy.total, "photo");
    summary.push(
      `Right on ${accuracy.correct} of ${photos} kept aside when it was taught ` +
        `(${percentRange(accuracy.interval)} with 95% confidence).`,
    );
  }
  if (origin) {
    const photos = origin.data === null ? "" : ` on ${origin.data}`;
    summary.push(`Trained${photos} in run ${origin.run}, ${origin.started.slice(0, 10)}.`);
  }
  element("summary").textContent = summary.join(" ");
  element("machine").textContent = `${architecture}, computed by ${backend}.`;
  if (manifest.reviews) {
    element("promise").textContent =
      "Photos stay in this browser, but those of which you say that the model is wrong: they are " +
      "kept where it is served from.";
  }
  element("loading").hidden = true;
  element("ask").hidden = false;
  say("Ready.");
}

function fail(message: string): void {
  element("loading").hidden = true;
  say(`The model cannot be used here: ${message}.`, true);
}

function say(text: string, wrong = false): void {
  status.textContent = text;
  status.classList.toggle("wrong", wrong);
}

async function askFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) {
    const id = ++questions;
    const card = new Card(file.name);
    cards.set(id, card);
    sent.set(id, file);
    element("results").prepend(card.element);
    say(`Looking at ${file.name}…`);
    try {
      const question: Question = { type: "photo", id, file: await file.arrayBuffer() };
      worker.postMessage(question, [question.file]);
    } catch { // a folder, or a file that is gone
      refuse(card, "it cannot be read");
    }
  }
}

/** Probabilities of a frame; empty where there are none. */
function askFrame(frame: Pixels): Promise<number[]> {
  const id = ++questions;
  return new Promise((resolve) => {
    frames.set(id, resolve);
    worker.postMessage({ type: "frame", id, frame } satisfies Question, [frame.data.buffer]);
  });
}

const files = element<HTMLInputElement>("files");
files.onchange = () => {
  askFiles([...files.files!]);
  files.value = ""; // so that the same photo can be chosen again
};

const drop = element("drop");
document.ondragover = (event) => {
  event.preventDefault();
  drop.classList.add("over");
};
document.ondragleave = () => drop.classList.remove("over");
document.ondrop = (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (manifest) askFiles(event.dataTransfer!.files);
};
document.onpaste = (event) => {
  if (manifest && event.clipboardData) askFiles(event.clipboardData.files);
};

const camera = element<HTMLButtonElement>("camera");
let stop: (() => void) | undefined;
camera.onclick = async () => {
  if (stop) {
    stop();
    stop = undefined;
  } else {
    try {
      stop = await startCamera(element<HTMLVideoElement>("video"), async (frame) => {
        const probabilities = await askFrame(frame);
        if (probabilities.length) list(element("live-classes"), manifest.classes, probabilities);
      });
    } catch (error) {
      say(`The camera cannot be used: ${(error as Error).message}.`, true);
    }
  }
  camera.classList.toggle("on", stop !== undefined);
  camera.textContent = stop ? "Stop the camera" : "Use the camera";
  element("live").hidden = !stop;
};

element("shoot").onclick = () => {
  const video = element<HTMLVideoElement>("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d")!.drawImage(video, 0, 0);
  canvas.toBlob((blob) => blob && askFiles([new File([blob], "camera.png")]));
};
