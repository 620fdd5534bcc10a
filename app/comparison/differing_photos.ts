/** Photos that two models were asked about, and that one alone was right about. */
export interface AnsweredPhoto {
  path: string;
  actual: string;
  answer: { label: string; probability: number };
}

export interface Differing {
  path: string;
  actual: string;
  answers: [AnsweredPhoto["answer"], AnsweredPhoto["answer"]];
}

/** A photo whose class differs between the two is no photo of both: one was asked another question. */
export function differingPhotos(
  first: readonly AnsweredPhoto[],
  second: readonly AnsweredPhoto[],
): { shared: number; only: [Differing[], Differing[]] } {
  const known = new Map(first.map((photo) => [photo.path, photo]));
  const shared = second.flatMap(({ path, actual, answer }): Differing[] => {
    const other = known.get(path);
    return other?.actual === actual ? [{ path, actual, answers: [other.answer, answer] }] : [];
  });
  const onlyRight = (i: number) =>
    shared.filter(({ actual, answers }) =>
      answers[i].label === actual && answers[1 - i].label !== actual
    );
  return { shared: shared.length, only: [onlyRight(0), onlyRight(1)] };
}
