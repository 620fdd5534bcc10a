/**
 * `deno task bench slurm`: sweeps on a simulated cluster, with what they ask of Slurm; `slurm_kills`:
 * what kills do to a graph on a real one. Both live beside the tests, whose cluster they are.
 */
export const benchSlurm = (args: string[]): Promise<void> => runTest("simulation", args);
export const benchSlurmKills = (args: string[]): Promise<void> => runTest("kills", args);

async function runTest(name: string, args: string[]): Promise<void> {
  const file = new URL(`../tests/slurm/${name}.ts`, import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", file, ...args] }).spawn();
  const { code } = await child.status;
  if (code !== 0) Deno.exit(code);
}
