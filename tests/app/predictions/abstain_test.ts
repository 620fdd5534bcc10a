import assert from "node:assert/strict";
import { abstainingAt, describeThreshold } from "../../../app/predictions/abstain.ts";
import { UsageError } from "../../../app/cli/errors.ts";

const abstention = {
  total: 200,
  thresholds: [
    { probability: 0, answered: 200, correct: 180 },
    { probability: 0.755, answered: 184, correct: 176 },
  ],
};

Deno.test("the threshold is said with what it costs and brings", () => {
  assert.equal(
    describeThreshold(0.95, abstainingAt(0.95, { abstention })),
    "answers from a probability of 75.5% on: abstains on 16 of 200 val photos (8.0%), right on 176 " +
      "of the 184 that are answered (95.7%; 91.7% to 97.8% with 95% confidence)",
  );
  assert.match(
    describeThreshold(0.8, abstainingAt(0.8, { abstention })),
    /^answers every photo: that is right 80\.0% of the time or more already$/,
  );
});

Deno.test("a threshold that cannot be chosen is refused, with the reason and what to do", () => {
  const refusal = (target: number, of: typeof abstention | null | undefined) => {
    try {
      abstainingAt(target, { abstention: of });
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return error.message;
    }
    assert.fail("it was not refused");
  };
  assert.match(refusal(0.95, undefined), /this one has no thresholds: `deno task evaluate`/);
  assert.match(refusal(0.95, null), /needs 100 validation photos or more/);
  assert.match(
    refusal(0.999, abstention),
    /the best, at 95\.7%, is reached by 184 of 200 val photos/,
  );
});
