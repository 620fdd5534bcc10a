/** Of devices, whatever ending follows: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])( *\.| *$)/i;

/**
 * Why Windows takes no file or folder of that name, as the end of a sentence; undefined where it does.
 * What it makes of some without a word is worse than a refusal: `aux.jpg` is written to a device, and
 * `ants.` is the folder `ants`.
 *
 * @example
 * ```ts
 * windowsObjection("aux.jpg"); // "is the name of a device on Windows"
 * ```
 */
export function windowsObjection(name: string): string | undefined {
  if (DEVICE.test(name)) return "is the name of a device on Windows";
  if (/[. ]$/.test(name)) return "ends in a dot or a space, which Windows leaves out";
  // deno-lint-ignore no-control-regex -- these are what is looked for
  if (/[<>:"|?*\x00-\x1f]/.test(name)) return "has a character in it that Windows forbids";
}
