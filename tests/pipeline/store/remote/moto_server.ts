/**
 * Another server that speaks S3: moto's, of PyPI, where it is there or can be had. `GRAFT_MOTO` names a
 * venv with `moto[server]`, which is made where there is none; without it, `moto_server` of the PATH is
 * taken.
 */

export class MotoServer implements AsyncDisposable {
  private constructor(
    private readonly process: Deno.ChildProcess,
    readonly endpoint: string,
    private readonly drained: Promise<void>,
  ) {}

  /** A text says why there is none. */
  static async start(): Promise<MotoServer | string> {
    const venv = Deno.env.get("GRAFT_MOTO");
    if (venv && !await isThere(`${venv}/bin/moto_server`)) {
      console.log(`making a venv with moto's server in ${venv}`);
      await ran("python3", ["-m", "venv", venv]);
      await ran(`${venv}/bin/pip`, ["install", "--quiet", "moto[server]"]);
    }
    const program = venv ? `${venv}/bin/moto_server` : "moto_server";
    let process: Deno.ChildProcess;
    try {
      process = new Deno.Command(program, {
        args: ["-H", "127.0.0.1", "-p", "0"],
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return "there is no moto_server: name a venv for it by GRAFT_MOTO, which is made if need be";
    }
    let said = "";
    const reader = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
    for (let next; !(next = await reader.read()).done;) {
      said += next.value;
      const [endpoint] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (!endpoint) continue;
      // What it says of each request must go somewhere.
      const drained = (async () => {
        while (!(await reader.read()).done);
      })();
      return new MotoServer(process, endpoint, drained);
    }
    await process.status;
    return `moto_server did not start: ${said.trim().split("\n").at(-1)}`;
  }

  /** A bucket, by no more than a request: it checks no signature. */
  async makeBucket(name: string): Promise<void> {
    const response = await fetch(`${this.endpoint}/${name}`, {
      method: "PUT",
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request",
      },
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`moto's server answers ${response.status}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.process.status;
    await this.drained;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function ran(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}
