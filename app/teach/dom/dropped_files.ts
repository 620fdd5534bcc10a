/** Files that were dropped or chosen, and the folders that they lie in. */
import { classOfPath } from "../class_names.ts";

/** A file with its path from the folder on that was given; without one, it lies in none. */
export interface GivenFile {
  path: string;
  file: File;
}

/** What was dropped, folders with all that they hold. To be called while the event is handled. */
export async function droppedFiles(transfer: DataTransfer): Promise<GivenFile[]> {
  // Entries are gone once the event is over: all of them are asked for at once.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (await Promise.all(entries.map(filesIn))).flat();
}

export function chosenFiles(files: Iterable<File>): GivenFile[] {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Those in folders by class, and those in none. */
export function byClass(files: readonly GivenFile[]) {
  const placed = files.map(({ path, file }) => ({ file, place: classOfPath(path), path }));
  return {
    inFolders: placed.flatMap(({ file, place }) =>
      place ? [{ className: place.className, name: place.file, file }] : []
    ),
    loose: placed.flatMap(({ file, path }) => path.includes("/") ? [] : [file]),
  };
}

async function filesIn(entry: FileSystemEntry): Promise<GivenFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: GivenFile[] = [];
  for (;;) {
    // A hundred at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) return files;
    for (const entry of some) files.push(...await filesIn(entry));
  }
}
