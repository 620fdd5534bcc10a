/** Slurm's commands, played by shell scripts that print what the real ones print. */
import assert from "node:assert/strict";
import { listNodes, SlurmCommands } from "../../../../pipeline/executors/slurm/slurm_commands.ts";
import { Folder } from "../../rig.ts";

const ignore = Deno.build.os === "windows";
if (ignore) console.log("Slurm's commands: not tried on Windows, where there is no Slurm");

/** With these programs before all others; each notes what it was given in ARGS. */
async function withCommands<T>(
  programs: Record<string, string>,
  use: (folder: Folder) => Promise<T>,
): Promise<T> {
  using folder = new Folder();
  for (const [name, body] of Object.entries(programs)) {
    folder.write(name, `#!/bin/sh\nprintf '%s\\n' "$@" >> ${folder.path}/ARGS\n${body}\n`);
    Deno.chmodSync(`${folder.path}/${name}`, 0o755);
  }
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", `${folder.path}:${path}`);
  Deno.env.set("SLURM_JOB_ID", "99");
  try {
    return await use(folder);
  } finally {
    Deno.env.set("PATH", path);
    Deno.env.delete("SLURM_JOB_ID");
  }
}

const submission = {
  name: "graft-1",
  tasks: 3,
  requests: ["--partition=gpu"],
  folder: "/tmp",
  script: "#!/bin/sh\ntrue\n",
};

Deno.test("sbatch is asked for an array, and given the script", { ignore }, async () => {
  await withCommands(
    { sbatch: 'cat > "$(dirname "$0")/SCRIPT"; echo "12;cluster"' },
    async (folder) => {
      assert.equal(await new SlurmCommands().submit(submission), "12");
      const args = folder.read("ARGS").split("\n");
      for (
        const arg of [
          "--parsable",
          "--job-name=graft-1",
          "--array=0-2",
          "--no-requeue",
          "--export=NONE",
          "--partition=gpu",
        ]
      ) assert.ok(args.includes(arg), arg);
      assert.equal(folder.read("SCRIPT"), submission.script);
    },
  );
});

Deno.test(
  "what sbatch says tells a refusal from a full queue and from silence",
  { ignore },
  async () => {
    const failing = (said: string) => `echo "sbatch: error: ${said}" >&2; exit 1`;
    const cases: [string, string, RegExp][] = [
      [failing("invalid partition specified: x"), "refused", /^invalid partition specified: x$/],
      [
        failing("Batch job submission failed: Requested node configuration is not available"),
        "refused",
        /not available/,
      ],
      [
        failing(
          "Batch job submission failed: Job violates accounting/QOS policy (job submit limit)",
        ),
        "full",
        /submit limit/,
      ],
      [failing("Batch job submission failed: Invalid job array specification"), "full", /array/],
      [
        failing("Batch job submission failed: Socket timed out on send/recv operation"),
        "unanswered",
        /timed out/,
      ],
      [
        failing(
          "Batch job submission failed: Unable to contact slurm controller (connect failure)",
        ),
        "unanswered",
        /contact/,
      ],
      ["echo no number", "unanswered", /no number/],
      // It would sleep and try again for minutes.
      [
        "echo 'sbatch: error: Slurm job queue full, sleeping and retrying.' >&2; exec sleep 60",
        "full",
        /queue full/,
      ],
    ];
    for (const [body, kind, message] of cases) {
      await withCommands({ sbatch: `cat > /dev/null; ${body}` }, async () => {
        await assert.rejects(new SlurmCommands().submit(submission), { kind, message }, body);
      });
    }
  },
);

Deno.test(
  "squeue's lines become jobs, but for those that are no task of an array",
  { ignore },
  async () => {
    const printed = [
      "12|0|RUNNING|1:00|256M|n1|None|graft-1",
      "12|1|PENDING|2-00:00:00|4G||Resources|graft-1",
      "13|N/A|RUNNING|1:00|256M|n1|None|by hand",
      "14|3|FAILED|1:00|1G|n2|NonZeroExitCode|a name | with a bar",
    ].map((line) => `echo '${line}'`).join("\n");
    await withCommands({ squeue: printed }, async () => {
      const jobs = await new SlurmCommands().queue();
      assert.deepEqual(jobs.map(({ id, task, state, name }) => [id, task, state, name]), [
        ["12_0", 0, "RUNNING", "graft-1"],
        ["12_1", 1, "PENDING", "graft-1"],
        ["14_3", 3, "FAILED", "a name "],
      ]);
      assert.equal(jobs[1].time, "2-00:00:00");
    });
  },
);

Deno.test("scancel of what is over is no error", { ignore }, async () => {
  const gone =
    `echo "scancel: error: Kill job error on job id 7_0: Invalid job id specified" >&2; exit 1`;
  await withCommands({ scancel: gone }, async (folder) => {
    await new SlurmCommands().cancel(["7_0", "7_1"], ["graft-1"]);
    assert.deepEqual(folder.read("ARGS").trim().split("\n"), [
      "--quiet",
      "7_0",
      "7_1",
      "--quiet",
      "--me",
      "--name=graft-1",
    ]);
  });
});

Deno.test("a job that we run in is not taken for what is asked for", { ignore }, async () => {
  await withCommands({ sinfo: 'echo "p*|$SLURM_JOB_ID|1|1|(null)"' }, async () => {
    assert.deepEqual(await listNodes("p"), [["p*", "", "1", "1", "(null)"]]);
  });
});

Deno.test("without Slurm's commands it is said where they are", { ignore }, async () => {
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", "/nowhere");
  try {
    await assert.rejects(listNodes(), /there is no sinfo here: run this on a login node/);
  } finally {
    Deno.env.set("PATH", path);
  }
});
