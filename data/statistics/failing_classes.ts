/** The classes that a good accuracy hides: those that a model never, or hardly ever, gets right. */

/** A class of which so few photos were right that a mean over all classes should not stand alone. */
interface FailingClass {
  name: string;
  correct: number;
  total: number;
}

/** Right on so many of its photos, or fewer, a class is hardly ever right. */
const HARDLY = 1 / 5;
/** Of more classes the first are named, and the others counted. */
const NAMED = 3;

/** Those hardly ever right, the worst first; one of which no photo was asked is not among them. */
export function failingClasses(
  perClass: Readonly<Record<string, { correct: number; total: number }>>,
): FailingClass[] {
  return Object.entries(perClass)
    .map(([name, { correct, total }]) => ({ name, correct, total }))
    .filter(({ correct, total }) => total > 0 && correct <= HARDLY * total)
    .sort((a, b) => a.correct / a.total - b.correct / b.total || b.total - a.total);
}

/** `planets 0 of 1, moons 1 of 9 and 2 more classes`; empty where no class fails. */
export function failingClassesInWords(
  perClass: Readonly<Record<string, { correct: number; total: number }>>,
): string {
  const failing = failingClasses(perClass);
  const named = failing.slice(0, NAMED)
    .map(({ name, correct, total }) => `${name} ${correct} of ${total}`);
  const others = failing.length - named.length;
  const more = others === 0
    ? ""
    : others === 1
    ? " and 1 more class"
    : ` and ${others} more classes`;
  return named.join(", ") + more;
}
