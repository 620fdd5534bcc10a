/** What ran: the part of the page that only the end of a run knows. */
import { dag, type ReportedStep } from "./dag.ts";
import { type Html, html } from "./html.ts";
import { wideTable } from "./wide_table.ts";

export interface ReportedRun {
  /** ISO 8601. */
  started: string;
  status: string;
  seconds: number;
  /** In running order. */
  steps: readonly ReportedStep[];
}

export function runSection({ started, status, seconds, steps }: ReportedRun): Html {
  const ran = steps.filter(({ status }) => status === "ran").length;
  const cached = steps.filter(({ status }) => status === "cached").length;
  return html`
    <section id="run" aria-labelledby="run-title">
      <h2 id="run-title">What ran</h2>
      <p>The run of ${started.slice(0, 16).replace("T", " ")} (UTC): ${status} in
      ${duration(seconds)}. ${ran} of ${steps.length} steps ran, ${cached} had nothing to do.</p>
      <div class="run">${dag(steps)}
        ${wideTable(
          "What became of each step",
          html`
            <thead>
              <tr>
                <th scope="col">step</th>
                <th scope="col">what</th>
                <th scope="col">took</th>
                <th scope="col">why</th>
              </tr>
            </thead>
            <tbody>${steps.map((reported) =>
              html`
                <tr>
                  <th scope="row">${reported.step}</th>
                  <td>${reported.status ?? "not asked for"}</td>
                  <td>${took(reported)}</td>
                  <td>${reported.reason ?? ""}</td>
                </tr>
              `
            )}</tbody>
          `,
        )}</div>
    </section>
  `;
}

/** Of a step whose result was there already, how long that took when it was made. */
function took({ status, seconds, madeIn }: ReportedStep): string {
  if (status === "ran" || status === "failed") return duration(seconds!);
  if (status === "cached" && madeIn !== undefined) return `${duration(madeIn)}, earlier`;
  return "–";
}

function duration(seconds: number): string {
  const text = seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return text.replaceAll(" ", "\u00a0"); // a narrow column does not break it
}
