/** What to do next, in words. */
import { counted, percent, percentRange } from "../data/statistics/percent.ts";
import type { Advice } from "../training/advice_pieces.ts";

/** What to do, and why: plain text, names as they are. */
export interface AdviceInWords {
  title: string;
  text: string;
}

/** @param advice as `advise` gives it */
export function describeAdvice(advice: Advice): AdviceInWords {
  switch (advice.kind) {
    case "repair":
      return {
        title: "Put the photos right first",
        text: `${
          sentence(advice.title)
        } ${advice.remedy} Until then the figures are not to be trusted.`,
      };
    case "weak_classes": {
      const names = listed(advice.classes.map(({ name }) => name));
      const each = advice.classes.map(({ name, photos, correct, total }) =>
        `${name} has ${
          counted(photos, "photo")
        } to learn from and is right on ${correct} of ${total}`
      );
      return {
        title: `Take more photos of ${names}`,
        text:
          `${sentence(each.join("; "))} Twenty or more of a class, taken at different places and ` +
          "times, are a beginning.",
      };
    }
    case "labels":
      return {
        title: "Look at labels",
        text:
          `The model was sure of another class for ${listed(advice.files)}. Where it is right, ` +
          "move the photo to its class's folder (`deno task review PHOTOS` shows them, and all that is " +
          "like them); where it is wrong, photos like it are missing.",
      };
    case "more_photos":
      return {
        title: "Take more photos: it is still learning",
        text:
          `${
            curveInWords(advice.curve)
          } If it goes on like that, twice as many photos bring about ` +
          `${percent(advice.expected)}.`,
      };
    case "enough_photos":
      return {
        title: "More of the same photos would bring little",
        text: `${curveInWords(advice.curve)} So twice as many would bring about ` +
          `${
            percent(advice.expected)
          }: look for kinds of photos that are missing, wrong labels, or ` +
          "another network instead.",
      };
    case "imbalance": {
      const { most, least } = advice;
      return {
        title: `Even out the classes: ${least.name} is rare`,
        text: `${most.name} has ${counted(most.photos, "photo")} to learn from, ${least.name} ` +
          `${least.photos}. Models lean towards what they saw often: add photos of ${least.name}, and ` +
          "go by the balanced accuracy.",
      };
    }
    case "confusion": {
      const { actual, predicted, count } = advice;
      return {
        title: `Show it what tells ${actual} from ${predicted}`,
        text:
          `${actual} was taken for ${predicted} ${count} times, its commonest mistake. Photos of ` +
          "both, taken in the same way and close up, teach the difference; where people cannot tell " +
          "them apart in a photo either, one class for both is better.",
      };
    }
    case "crops":
      return {
        title: "Crop photos to what matters",
        text: `${sentence(advice.title)} ${advice.remedy}`,
      };
    case "backbone":
      return {
        title: "Compare networks",
        text:
          `${advice.architecture} was taken without comparing it. \`--recipe best\` asks several ` +
          "networks about your photos and takes the one that fits them; \`--model NAME\` takes a " +
          "larger one.",
      };
    case "measure":
      return {
        title: "Keep more photos aside to measure by",
        text: `${counted(advice.total, "photo")} leave anything from ` +
          `${percentRange(advice.interval)} open. Four times as many would halve that.`,
      };
    case "background":
      return {
        title: "Check what it looked at",
        text:
          "Heat on the background of the photos above means that it learned the background: then " +
          "take photos of each class before the same backgrounds.",
      };
    case "doubts":
      return {
        title: "Photograph what it is unsure of",
        text: "More photos like those that it was least sure of, above, teach it most.",
      };
  }
}

/** `learning from 50 photos it is right on 88.0%, from 100 on 91.0%, from 200 on 93.5%` */
function curveInWords(curve: readonly { trainSize: number; accuracy: number }[]): string {
  const points = curve.map(({ trainSize, accuracy }, i) =>
    i === 0
      ? `Learning from ${counted(Math.round(trainSize), "photo")} it is right on ${
        percent(accuracy)
      }`
      : `from ${Math.round(trainSize)} on ${percent(accuracy)}`
  );
  return `${points.join(", ")}.`;
}

const sentence = (text: string) => /[.!?]$/.test(text) ? text : `${text}.`;

function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join();
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
