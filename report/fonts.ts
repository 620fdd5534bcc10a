import { fileURLToPath } from "node:url";
// Nothing else imports these packages, and Deno downloads what is imported; also their versions
// are thereby part of what a step's code is.
import "@expo-google-fonts/inter/package.json" with { type: "json" };
import "dejavu-fonts-ttf/package.json" with { type: "json" };

/**
 * The files that drawing reads, as paths for `--allow-read`; it needs no other permission. Inter
 * serves Latin, Greek and Cyrillic, DejaVu what Inter lacks. Neither has Chinese, Japanese, Korean or
 * Indian scripts: these become boxes, as their fonts weigh ten times all others together.
 */
export const FONT_FILES: readonly string[] = [
  import.meta.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
  import.meta.resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf"),
  import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
].map((url) => fileURLToPath(url));
