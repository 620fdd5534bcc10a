/** One way to go wrong for each name. */
import { runStep } from "../../../pipeline/process/step.ts";

const WAYS: Record<string, (output: string, path: string) => unknown> = {
  throw: () => {
    throw new Error("the outer thing failed", { cause: new Error("an inner one did") });
  },
  grumble: () => {
    for (let i = 1; i <= 20; i++) console.log("grumble", i);
    throw new Error("it is enough");
  },
  reject: () => {
    Promise.reject(new Error("nobody awaited this"));
    return new Promise(() => {});
  },
  exit: () => Deno.exit(7),
  exit_quietly: () => Deno.exit(0),
  die: () => Deno.kill(Deno.pid, "SIGKILL"),
  write_nothing: () => {},
  link: (output, path) => {
    Deno.symlinkSync(path, `${output}/link`);
    Deno.writeTextFileSync(`${output}/text.txt`, "");
  },
  read: (output, path) => Deno.writeTextFile(`${output}/text.txt`, Deno.readTextFileSync(path)),
  write: (_, path) => Deno.writeTextFile(path, "outside"),
  list: (_, path) => [...Deno.readDirSync(path)],
  environment: (output) => Deno.writeTextFile(`${output}/text.txt`, Deno.env.get("GREETING")!),
  net: (_, path) => fetch(path),
  run: () => new Deno.Command(Deno.execPath()).outputSync(),
  print: async (output) => {
    for (const print of ["log", "info", "debug", "warn", "error", "dir", "table"] as const) {
      console[print]({ printed: print });
    }
    console.group("printed: group");
    console.count("printed: count");
    console.time("printed: time");
    console.timeEnd("printed: time");
    await Deno.stdout.write(new TextEncoder().encode(`{"type":"result" and no line end`));
    await Deno.writeTextFile(`${output}/text.txt`, "printed");
  },
};

if (import.meta.main) {
  await runStep<{ way: string; path: string }>(async (step) => {
    const { way, path } = step.parameters;
    await WAYS[way](step.output, path);
    step.result(way);
  });
}
