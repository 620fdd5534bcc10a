/**
 * Sizes of the square that may be asked for. Below, nothing is left of a photo where a network's last
 * layer looks; above, it has seen nothing like it, and a batch fits into no memory.
 */
export const LEAST_SIZE = 32, MOST_SIZE = 1024;
