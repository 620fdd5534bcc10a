/** Answers with twice the number, some sooner than others; refuses 13, and 8 keeps it busy for long. */
import { answerRequests } from "../../data/worker_pool.ts";

/** Longer than the tests wait; not without end, as nothing ends such a worker before its process. */
const BUSY_MS = 6000;

answerRequests(async (number: number) => {
  if (number === 13) throw new Error("13 is refused");
  if (number === 8) { for (const end = performance.now() + BUSY_MS; performance.now() < end;); }
  for (let turn = 0; turn < number % 7; turn++) await Promise.resolve();
  return 2 * number;
});
