import { PlainRenderer, type Renderer } from "./plain_renderer.ts";

/** Bars where a terminal can draw them; what draws them is loaded only there. */
export async function newRenderer(): Promise<Renderer> {
  if (!Deno.stderr.isTerminal()) return new PlainRenderer();
  const { TerminalRenderer } = await import("./terminal_renderer.ts");
  return new TerminalRenderer();
}
