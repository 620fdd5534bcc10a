/** Files put where none is: nothing is overwritten, whoever else writes there meanwhile. */

/** @throws {Deno.errors.AlreadyExists} where there is a file of that name */
export async function moveNew(from: string, to: string): Promise<void> {
  try {
    // A second name fails where the name is taken, which renaming does not.
    await Deno.link(from, to);
    return await Deno.remove(from);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    // Another disk, or one without second names.
  }
  await copyNew(from, to);
  await Deno.remove(from);
}

/** @throws {Deno.errors.AlreadyExists} where there is a file of that name */
export async function copyNew(from: string, to: string): Promise<void> {
  using target = await Deno.open(to, { write: true, createNew: true });
  try {
    using source = await Deno.open(from);
    const part = new Uint8Array(2 ** 20);
    for (let count; (count = await source.read(part)) !== null;) {
      for (let at = 0; at < count;) at += await target.write(part.subarray(at, count));
    }
  } catch (error) {
    await Deno.remove(to);
    throw error;
  }
}
