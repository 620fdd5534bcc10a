/** A process of its own, to see which permissions drawing needs. */
import { batchGrid } from "../../report/batch_grid.ts";
import { plain } from "./photos.ts";

const png = await batchGrid([{ image: plain([10, 60, 200]), title: "bees" }]);
await Deno.stdout.write(png);
