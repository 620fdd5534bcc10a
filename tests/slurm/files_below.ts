/** Texts of all files below a folder, by path, sorted. */
export function filesBelow(root: string): Record<string, string> {
  const entries = [...Deno.readDirSync(root)].sort((a, b) => a.name < b.name ? -1 : 1);
  return Object.fromEntries(
    entries.flatMap(({ name, isDirectory }) =>
      isDirectory
        ? Object.entries(filesBelow(`${root}/${name}`)).map(([path, text]) => [
          `${name}/${path}`,
          text,
        ])
        : [[name, Deno.readTextFileSync(`${root}/${name}`)]]
    ),
  );
}
