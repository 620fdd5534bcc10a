/** For Node and browsers that have none: weights in half precision. */
import { Float16Array as Ponyfill } from "@petamoriken/float16";

export const Float16Array = globalThis.Float16Array ?? Ponyfill;
