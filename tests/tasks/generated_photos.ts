/** Photos that a test may use freely: noise, redder in one class and bluer in the other. */
import { encodePng } from "../../report/png.ts";
import { hashUniform } from "../../bench/certify/hash_numbers.ts";

const WIDTH = 96, HEIGHT = 72;

export async function writePhoto(path: string, stream: number, channel: 0 | 2): Promise<void> {
  const noise = hashUniform(stream, WIDTH * HEIGHT * 3);
  const data = Uint8Array.from(noise, (value, i) => (i % 3 === channel ? 190 : 90) + 60 * value);
  await Deno.writeFile(path, encodePng({ width: WIDTH, height: HEIGHT, data }));
}

/** train/ and val/ with the classes "blue" and "red". */
export async function writePhotoFolder(
  folder: string,
  { train, val }: { train: number; val: number },
): Promise<void> {
  let stream = 1;
  for (const [split, count] of [["train", train], ["val", val]] as const) {
    for (const [name, channel] of [["blue", 2], ["red", 0]] as const) {
      await Deno.mkdir(`${folder}/${split}/${name}`, { recursive: true });
      for (let i = 0; i < count; i++) {
        await writePhoto(`${folder}/${split}/${name}/${i}.png`, stream++, channel);
      }
    }
  }
}
