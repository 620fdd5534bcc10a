import { shout } from "./shout.ts";

const data = await Deno.readTextFile(new URL("./data.txt", import.meta.url));
(self as unknown as { postMessage(message: string): void }).postMessage(shout(data.trim()));
