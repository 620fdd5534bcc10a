#!/usr/bin/env node
/**
 * `npx graft`: starts graft's command line, which runs in Deno. Deno is the npm package `deno` where
 * it is installed, or the one on the path, or is fetched by npm, once. The program itself is copied
 * into the user's cache when it is first started: TypeScript does not run from `node_modules`.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { constants, homedir } from "node:os";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { version, config } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

/** @returns {string[]} the program, and the arguments that come first */
function findDeno() {
  try {
    const manifest = createRequire(import.meta.url).resolve("deno/package.json");
    const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
    return [process.execPath, join(dirname(manifest), typeof bin === "string" ? bin : bin.deno)];
  } catch { /* It is not installed. */ }
  const { stdout } = spawnSync("deno", ["--version"], { encoding: "utf8" });
  const [major, minor] = config.deno.split(".");
  if (stdout?.startsWith(`deno ${major}.${minor}.`)) return ["deno"];
  return ["npm", "exec", "--yes", `--package=deno@${config.deno}`, "--", "deno"];
}

/** @returns {string} where users keep what can be made again */
function cacheFolder() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === "win32") return LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return XDG_CACHE_HOME || join(homedir(), ".cache");
}

/** @returns {string} the program's folder, which is there whole or not at all */
function unpacked() {
  const place = join(cacheFolder(), "graft", `${version}-${config.program}`);
  if (existsSync(place)) return place;
  const part = `${place}.${process.pid}`;
  cpSync(join(here, "program"), part, { recursive: true });
  try {
    renameSync(part, place);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(place)) throw error; // else: another was quicker
  }
  return place;
}

const [program, ...first] = findDeno();
const child = spawn(
  program,
  [...first, "run", "-A", join(unpacked(), "app", "installed.ts"), ...process.argv.slice(2)],
  // On Windows npm is a script of the shell's.
  { stdio: "inherit", shell: program === "npm" && process.platform === "win32" },
);
child.on("error", (error) => {
  console.error(
    `error: Deno cannot be started (${error.message}): install it by npm install -g deno@${config.deno}`,
  );
  process.exitCode = 1;
});
// A terminal interrupts both; only the program knows when it is done with ending.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
