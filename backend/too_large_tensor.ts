/** A tensor that an adapter has no room for, or does not let a kernel read. */
export class TooLargeTensor extends Error {
  /** @param share of the tensor that would fit */
  constructor(message: string, readonly share: number) {
    super(message);
  }
}
