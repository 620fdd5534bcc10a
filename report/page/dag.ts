/** The pipeline drawn from top to bottom, each step where its result is first needed. */
import { n } from "../svg.ts";
import { type Html, html } from "./html.ts";

/** A step of the pipeline, and what became of it in a run. */
export interface ReportedStep {
  step: string;
  inputs: readonly string[];
  /** Absent where the step was not looked at. */
  status?: "ran" | "cached" | "failed" | "skipped";
  /** Why it ran, or that nothing changed. */
  reason?: string;
  seconds?: number;
  /** Seconds that a result took when it was made, of a step that had nothing to do. */
  madeIn?: number;
}

const BOX = { width: 150, height: 46, across: 180, down: 78 };
const MARGIN = 10;

export function dag(steps: readonly ReportedStep[]): Html {
  const rows = layers(steps);
  const widest = Math.max(...rows.map((row) => row.length));
  const width = widest * BOX.across;
  const height = (rows.length - 1) * BOX.down + BOX.height + 2 * MARGIN;
  const middle = new Map(rows.flatMap((row, y) =>
    row.map(({ step }, x) => [step, {
      x: width / 2 + (x - (row.length - 1) / 2) * BOX.across,
      y: MARGIN + y * BOX.down,
    }])
  ));
  const edges = steps.flatMap(({ step, inputs }) =>
    direct(step, inputs, steps).map((input) => {
      const [from, to] = [middle.get(input)!, middle.get(step)!];
      const [start, end] = [from.y + BOX.height, to.y];
      const bend = (start + end) / 2;
      return html`
        <path
          d="M${n(from.x)} ${n(start)}C${n(from.x)} ${n(bend)} ${n(to.x)} ${n(bend)} ${n(to.x)} ${n(
            end,
          )}" />
      `;
    })
  );
  const label = `The pipeline: ${
    steps.map(({ step, status }) => `${step}${status ? ` ${status}` : ""}`).join(", ")
  }`;
  return html`
    <svg class="dag" role="img" aria-label="${label}" viewBox="0 0 ${n(width)} ${n(height)}"
      width="${n(width)}" height="${n(height)}"><g class="edges">${edges}</g>${steps.map(
        ({ step, status }) => {
          const { x, y } = middle.get(step)!;
          return html`
            <g
              class="${status ?? "unknown"}"><rect x="${n(x - BOX.width / 2)}" y="${n(
                y,
              )}" width="${BOX.width}" height="${BOX.height}" rx="8"/><text x="${n(x)}" y="${n(
                y + (status ? 20 : 28),
              )}">${step}</text>${status
                ? html`<text class="status" x="${n(x)}" y="${n(y + 36)}">${status}</text>`
                : undefined}</g>
          `;
        },
      )}</svg>
  `;
}

/** Rows from first to last; a step stands right above the first that needs it. */
function layers(steps: readonly ReportedStep[]): ReportedStep[][] {
  const height = new Map<string, number>();
  for (const { step } of steps.toReversed()) {
    const users = steps.filter(({ inputs }) => inputs.includes(step));
    height.set(step, 1 + Math.max(-1, ...users.map((user) => height.get(user.step)!)));
  }
  const tallest = Math.max(...height.values());
  return Array.from(
    { length: tallest + 1 },
    (_, row) => steps.filter(({ step }) => height.get(step) === tallest - row),
  );
}

/** Inputs that no other input of the step already stands for. */
function direct(
  step: string,
  inputs: readonly string[],
  steps: readonly ReportedStep[],
): string[] {
  const inputsOf = new Map(steps.map(({ step, inputs }) => [step, inputs]));
  const reaches = (from: string, to: string): boolean =>
    (inputsOf.get(from) ?? []).some((input) => input === to || reaches(input, to));
  return inputs.filter((input) =>
    input !== step && inputsOf.has(input) &&
    !inputs.some((other) => other !== input && reaches(other, input))
  );
}
