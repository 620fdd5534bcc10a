/** Keeps photos, has the network look at them, and teaches, beside the page, which stays responsive. */
import type { Ask, Tell } from "../messages.ts";
import { Classroom } from "./classroom.ts";
import { Network } from "./network.ts";
import { PhotoStore } from "./photo_store.ts";

const scope = globalThis as unknown as {
  postMessage(tell: Tell): void;
  onmessage: (event: MessageEvent<Ask>) => void;
};
const tell = (message: Tell) => scope.postMessage(message);

/** Two pages would write over each other's photos. */
const LOCK = "graft teach";
/** Milliseconds that a page which is reloaded may take to end while it computes. */
const ENDING = 4000;

const opened = open();
opened.catch((error: Error) => tell({ type: "failed", message: error.message }));
scope.onmessage = async ({ data }) => (await opened).ask(data);

async function open(): Promise<Classroom> {
  await onlyHere();
  const network = await Network.open((done, total) => tell({ type: "loading", done, total }));
  const { settings, backend } = network;
  const { architecture, preprocessing, pretrained, shortSide } = settings;
  const store = await PhotoStore.open({ architecture, preprocessing, pretrained, shortSide });
  tell({ type: "ready", settings, backend, persists: store.persists });
  return await Classroom.open(network, store, tell);
}

/** @throws {Error} where another page has the photos */
async function onlyHere(): Promise<void> {
  if (!navigator.locks) return;
  const isFree = await new Promise((resolve) =>
    navigator.locks.request(LOCK, { signal: AbortSignal.timeout(ENDING) }, () => {
      resolve(true);
      return new Promise(() => {}); // as long as the page is there
    }).catch(() => resolve(false))
  );
  if (!isFree) {
    throw new Error("this page is open in another tab or window already: go on there, or close it");
  }
}
