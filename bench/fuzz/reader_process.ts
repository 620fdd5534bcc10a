/** Reads one file after the other, as it is told on standard input; killed when it does not end. */
import { linesOf } from "./lines.ts";
import { READERS } from "./readers.ts";

/** What the parent asks. */
export interface ReadRequest {
  reader: string;
  file: string;
}

export interface ReadAnswer {
  verdict: "read" | "refused" | "problem";
  message: string;
}

async function answer({ reader, file }: ReadRequest): Promise<ReadAnswer> {
  const { read, isRefusal } = READERS[reader];
  const folder = Deno.makeTempDirSync({ dir: file.slice(0, file.lastIndexOf("/")) });
  try {
    await read(file, folder);
    return { verdict: "read", message: "" };
  } catch (error) {
    const refused = error instanceof Error && isRefusal(error);
    return {
      verdict: refused ? "refused" : "problem",
      message: refused ? error.message : String((error as Error)?.stack ?? error),
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  for await (const line of linesOf(Deno.stdin.readable)) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  }
}
