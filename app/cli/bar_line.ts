/** How far a step is, as one line of a terminal. */
import { shortened } from "./wrapped.ts";

export interface Bar {
  step: string;
  /** Of 1. */
  share: number;
  /** Undefined until the step says how far it is: its message then stands where this would. */
  left?: string;
  message: string;
}

/** Columns of a bar itself: it gives way to words, as the percentage says the same. */
const WIDEST = 16, NARROWEST = 4;
/** Room for the time left, so that what steps say stands in columns. */
const LEFT_WIDTH = "59 min 59 s left".length;
const PERCENT_WIDTH = "100%".length;
/** For `epoch 12/25  train loss 0.1234…`. */
const MESSAGE_WIDTH = 31;
/** Without a bar, names give way, too, until there is room for `epoch 12/25  train…`. */
const SHORT_MESSAGE_WIDTH = 19;

/** @param nameWidth of the longest name */
export function barLine(
  { step, share, left, message }: Bar,
  nameWidth: number,
  columns: number,
): string {
  // The last column stays free: some terminals break a line that fills it.
  const free = columns - 1 - (PERCENT_WIDTH + 1) - (LEFT_WIDTH + 1);
  const name = Math.max(Math.min(nameWidth, free - 1 - SHORT_MESSAGE_WIDTH), 1);
  const room = Math.min(free - (name + 1) - (MESSAGE_WIDTH + 1), WIDEST);
  const start = [
    abridged(step, name).padEnd(name),
    ...room < NARROWEST ? [] : [drawn(share, room)],
    `${Math.floor(share * 100)}%`.padEnd(left === undefined ? 0 : PERCENT_WIDTH),
    ...left === undefined ? [] : [left.padEnd(LEFT_WIDTH)],
  ].join(" ");
  return `${start} ${shortened(message, columns - 1 - start.length - 1)}`;
}

function drawn(share: number, width: number): string {
  const done = Math.round(share * width);
  return "█".repeat(done) + "░".repeat(width - done);
}

/** Cut in the middle: names of a sweep's steps differ at their ends. */
function abridged(name: string, width: number): string {
  if (name.length <= width) return name;
  const end = Math.floor((width - 1) / 2);
  return `${name.slice(0, width - 1 - end)}…${name.slice(name.length - end)}`;
}
