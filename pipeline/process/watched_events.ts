import type { PipelineEvent } from "../events.ts";
import type { LiveStep, LiveSteps } from "../run_record.ts";

/** Between two tellings: watchers look once a second, and a run that has nothing to do tells nothing. */
const INTERVAL_MS = 400;

/** A run's events on their way, of which others are told which steps the run is at. */
export class WatchedEvents implements Disposable {
  readonly #steps = new Map<string, LiveStep>();
  #timer?: ReturnType<typeof setTimeout>;

  constructor(
    private readonly tell: (steps: LiveSteps) => void,
    private readonly onEvent: (event: PipelineEvent) => void = () => {},
  ) {}

  readonly emit = (event: PipelineEvent): void => {
    this.#note(event);
    this.onEvent(event);
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #note(event: PipelineEvent): void {
    switch (event.type) {
      case "step_started": {
        const { step, reason } = event;
        this.#steps.set(step, { started: new Date().toISOString(), reason });
        break;
      }
      case "step_progress": {
        const { type: _, step, ...progress } = event;
        const known = this.#steps.get(step);
        if (known) known.progress = progress;
        break;
      }
      case "step_finished":
        this.#steps.delete(event.step);
        break;
      default:
        return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.tell({ at: new Date().toISOString(), steps: Object.fromEntries(this.#steps) });
    }, INTERVAL_MS);
  }
}
