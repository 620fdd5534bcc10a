import assert from "node:assert/strict";
import { fileScoreInWords } from "../../export/file_score.ts";

Deno.test("a file's worth is told beside the model's own", () => {
  const model = { correct: 147, same: 151 };
  assert.equal(
    fileScoreInWords({ correct: 145, total: 153, of: 153, model }),
    "right on 145 (94.8%) of the 153 photos kept aside; the model itself on 147 (96.1%), with the " +
      "same label on 151",
  );
  assert.equal(
    fileScoreInWords({ correct: 999, total: 1000, of: 2500 }),
    "right on 999 (99.9%) of 1000 photos (evenly chosen of the 2500 kept aside)",
  );
});
