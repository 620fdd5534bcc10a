/** What decisions come to: photo by photo, and for what is measured. */
import { PARTS } from "../../data/dataset_index.ts";
import type { Journal } from "../../data/review/journal.ts";
import type { Decided, Progress, Score, ShownPhoto } from "./messages.ts";

export function progressOf({ decisions }: Journal, photos: readonly ShownPhoto[]): Progress {
  const byPath = new Map<string, Decided>();
  for (const decision of decisions) {
    for (const { path } of decision.photos) {
      byPath.set(path, {
        decision: decision.decision,
        ...(decision.decision === "move" && { class: decision.class }),
      });
    }
  }
  const decided: Progress["decided"] = {};
  photos.forEach(({ path }, id) => {
    const one = byPath.get(path);
    if (one) decided[id] = one;
  });
  return { decided, undoable: decisions.length, scores: scoresOf(photos, decided) };
}

/** Of parts whose photos a model judged that did not see them. */
function scoresOf(photos: readonly ShownPhoto[], decided: Progress["decided"]): Score[] {
  return PARTS.flatMap((part): Score[] => {
    const score: Score = {
      part,
      changed: 0,
      before: { correct: 0, total: 0 },
      after: { correct: 0, total: 0 },
    };
    photos.forEach((photo, id) => {
      if (photo.part !== part || photo.predicted === undefined) return;
      const { decision, class: moved } = decided[id] ?? {};
      const label = decision === "move" ? moved! : photo.className;
      const count = (share: Score["before"], label: string) => {
        share.total++;
        if (photo.predicted === label) share.correct++;
      };
      count(score.before, photo.className);
      if (decision !== "set aside") count(score.after, label);
      if (decision === "set aside" || label !== photo.className) score.changed++;
    });
    return score.before.total > 0 ? [score] : [];
  });
}
