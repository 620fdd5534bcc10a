/** What a person writes after `--group`: which photos show the same subject, and stay together. */
export type GroupRule =
  /** Photos of one folder below the class folders, whatever their class. */
  | { kind: "folder" }
  /** Photos of which the same is found by the pattern in their path below the class folder. */
  | { kind: "regex"; pattern: RegExp }
  /** Photos of one camera, each taken so soon after another of them. */
  | { kind: "exif-time"; seconds: number };

/** A pause that ends a series, in seconds. */
const PAUSE = 60;

/**
 * Reads `folder`, `regex:PATTERN`, `exif-time` or `exif-time:SECONDS`.
 *
 * @throws {Error} where it is none of these, with what was meant to be written
 */
export function parseGroupRule(text: string): GroupRule {
  if (text === "folder") return { kind: "folder" };
  if (text === "exif-time") return { kind: "exif-time", seconds: PAUSE };
  const [, kind, value] = /^(regex|exif-time):(.+)$/s.exec(text) ?? [];
  if (kind === "regex") {
    try {
      return { kind, pattern: new RegExp(value, "u") };
    } catch (error) {
      throw new Error(`"${value}" is no regular expression (${(error as Error).message})`);
    }
  }
  if (kind === "exif-time" && Number(value) >= 0) return { kind, seconds: Number(value) };
  throw new Error(
    `"${text}" is no way to group photos: give folder, regex:PATTERN (such as regex:^(\\w+)_), ` +
      "exif-time, or exif-time:SECONDS",
  );
}

export function formatGroupRule(rule: GroupRule): string {
  switch (rule.kind) {
    case "folder":
      return rule.kind;
    case "regex":
      return `regex:${rule.pattern.source}`;
    case "exif-time":
      return `exif-time:${rule.seconds}`;
  }
}
