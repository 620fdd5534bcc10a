const WIDTH = 100;

/** A doc comment and a line's end, or nothing. */
export function comment(doc: string | undefined, indent = ""): string {
  if (!doc) return "";
  const line = `${indent}/** ${doc} */\n`;
  if (line.length <= WIDTH + 1) return line;
  const lines = [`${indent} *`];
  for (const word of doc.split(" ")) {
    const last = lines.length - 1;
    if (`${lines[last]} ${word}`.length <= WIDTH) lines[last] += ` ${word}`;
    else lines.push(`${indent} * ${word}`);
  }
  return `${indent}/**\n${lines.join("\n")}\n${indent} */\n`;
}
