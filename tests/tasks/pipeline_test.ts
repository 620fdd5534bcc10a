/**
 * The whole pipeline on photos that the test makes, without network, as a user would run it: one run,
 * and a file for each thing that is asked of it. Each test stands alone.
 */
import { removeFinishedRun } from "./pipeline/finished_run.ts";
import "./pipeline/artifacts.ts";
import "./pipeline/caching.ts";
import "./pipeline/chosen_model.ts";
import "./pipeline/curves.ts";
import "./pipeline/damage.ts";
import "./pipeline/evaluation_on.ts";
import "./pipeline/exports.ts";
import "./pipeline/predictions.ts";
import "./pipeline/report.ts";
import "./pipeline/runs.ts";
import "./pipeline/serve.ts";

Deno.test.afterAll(removeFinishedRun);
