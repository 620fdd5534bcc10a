import assert from "node:assert/strict";
import {
  answeredInWords,
  thresholdFor,
  withheldInWords,
} from "../../../data/statistics/abstention_in_words.ts";

const VAL = {
  total: 200,
  thresholds: [
    { probability: 0, answered: 200, correct: 180 },
    { probability: 0.75, answered: 184, correct: 176 },
    { probability: 0.9, answered: 100, correct: 100 },
  ],
};

Deno.test("the first threshold that is right often enough is taken; where none is, none", () => {
  assert.equal(thresholdFor(VAL, 0.9)!.probability, 0);
  assert.equal(thresholdFor(VAL, 0.95)!.probability, 0.75);
  assert.equal(thresholdFor(VAL, 0.99)!.probability, 0.9);
  const [best] = VAL.thresholds;
  assert.equal(thresholdFor({ ...VAL, thresholds: [best] }, 0.95), undefined);
});

Deno.test("what a threshold costs and brings is told of val, of a test where there is one", () => {
  const ofVal = thresholdFor(VAL, 0.95)!;
  assert.equal(withheldInWords(ofVal), "16 of 200 val photos (8.0%)");
  // Wilson's interval of 176 of 184 as scipy.stats.binomtest(176, 184).proportion_ci gives it.
  assert.equal(
    answeredInWords(ofVal),
    "176 of the 184 that are answered (95.7%; 91.7% to 97.8% with 95% confidence)",
  );
  const test = {
    total: 10,
    thresholds: [{ answered: 10, correct: 9 }, { answered: 8, correct: 8 }, {
      answered: 0,
      correct: 0,
    }],
  };
  assert.equal(
    withheldInWords(thresholdFor({ ...VAL, test }, 0.95)!),
    "2 of 10 test photos (20.0%)",
  );
  assert.match(answeredInWords(thresholdFor({ ...VAL, test }, 0.95)!), /^8 of the 8 .* \(100%; /);
  assert.equal(answeredInWords(thresholdFor({ ...VAL, test }, 0.99)!), "none, as none is answered");
});
