/** Answers with twice the number, some sooner than others; refuses 13. */
import { answerRequests } from "../../data/worker_pool.ts";

answerRequests(async (number: number) => {
  if (number === 13) throw new Error("13 is refused");
  for (let turn = 0; turn < number % 7; turn++) await Promise.resolve();
  return 2 * number;
});
