/** Pages for people, and the commands in them. */
const ROOT = new URL("../../", import.meta.url);

/** README.md and the pages of docs/, by path. */
export async function pages(): Promise<Map<string, string>> {
  const names = ["README.md"];
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (name.endsWith(".md")) names.push(`docs/${name}`);
  }
  const read = async (name: string): Promise<[string, string]> => [
    name,
    await Deno.readTextFile(new URL(name, ROOT)),
  ];
  return new Map(await Promise.all(names.sort().map(read)));
}

/** Shell programs of a page, in order: each `sh` block, and each line after `$` of a `console` block. */
export function commandsOf(page: string): string[] {
  return [...page.matchAll(/^```(sh|console)\n(.*?)^```$/gms)].flatMap(([, kind, body]) =>
    kind === "sh" ? [body] : [...body.matchAll(/^\$ (.*)$/gm)].map(([, line]) => line)
  );
}

/** `deno task …` within the text. */
export function inlineTasks(page: string): string[] {
  const prose = page.replace(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/`deno task ([^`]+)`/g)].map(([, rest]) => rest.replace(/\s+/g, " "));
}

/** Files of the project that a page links to. */
export function links(page: string): string[] {
  return [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path);
}
