/** How far a long operation has come. */
export interface ProgressEvent {
  /** What is worked on, such as a file name. */
  label: string;
  unit: "bytes" | "files";
  done: number;
  /** Absent where nobody can know it. */
  total?: number;
}

export type Progress = (event: ProgressEvent) => void;

/** A sentence for a person about what is done or was decided. */
export type Log = (message: string) => void;
