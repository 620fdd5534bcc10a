import assert from "node:assert/strict";

async function bench(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../../bench/main.ts", import.meta.url).href, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, lines: decode(stdout).trim().split("\n"), stderr: decode(stderr) };
}

Deno.test("a chain is timed from nothing and with nothing to do, without the peers that are not there", async () => {
  const { code, lines, stderr } = await bench(
    ...["dag", "--steps=2", "--rounds=1", "--json"],
    ...["--peers=snakemake,dvc", "--python=/no/such/python"],
  );
  assert.equal(code, 0, stderr);
  const figures = lines.map((line) => JSON.parse(line));
  assert.deepEqual(figures.map(({ bench, steps, tool, unit }) => [bench, steps, tool, unit]), [
    ["first_run", 2, "graft", "s"],
    ["null_run", 2, "graft", "s"],
  ]);
  const [first, idle] = figures;
  assert.ok(idle.median > 0 && idle.median < first.median, lines.join("\n"));
  assert.match(stderr, /without snakemake: \/no\/such\/python has no snakemake; make a venv/);
  assert.match(stderr, /without dvc: .* pass --python peers\/bin\/python/);
});

Deno.test("many files are timed beside copying and hashing them", async () => {
  const { code, lines, stderr } = await bench("files", "--count=200", "--json");
  assert.equal(code, 0, stderr);
  const figures = lines.map((line) => JSON.parse(line));
  assert.deepEqual(figures.map(({ bench, files, peer }) => [bench, files, peer]), [
    ["publish", 200, "cp -r and sync"],
    ["verify", 200, "sha256sum"],
  ]);
  assert.ok(figures.every(({ median, peer_median }) => median > 0 && peer_median > 0));
});
