/** The penalties that a probe is tried with. */

/** From the strongest penalty to the weakest. */
export const CS = [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5].map((power) => 10 ** power);
