/**
 * PyTorch's random numbers on the CPU: the same seed gives the same numbers, in the same order.
 * Matches torch's `CPUGeneratorImpl` (MT19937), `DistributionsHelper.h` and `TransformationHelper.h`.
 */

const STATE_WORDS = 624;
const SHIFT_WORDS = 397;
/** `randint` draws 64 bits from here on, so that the remainder's skew stays small. */
const WIDE_RANGE = 2 ** 28;
/** `randperm` shuffles otherwise from here on, which no folder of photos needs. */
const WIDE_PERMUTATION = Math.floor((2 ** 32 - 1) / 20);

/** What a `Generator` continues from: its 624 words of state and the position in them. */
export type GeneratorState = Uint32Array;

/**
 * torch's CPU generator.
 *
 * @example
 * ```ts
 * const generator = new Generator(0); // torch.manual_seed(0)
 * generator.uniform(); // torch.rand(1).item()
 * ```
 */
export class Generator {
  readonly #state = new Uint32Array(STATE_WORDS);
  #position = STATE_WORDS;

  /**
   * As `torch.manual_seed(seed)`, which uses the lowest 32 bits alone.
   * @throws {RangeError} when the seed is no integer.
   */
  constructor(seed: number | bigint) {
    if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
      throw new RangeError(`a seed is an integer, got ${seed}`);
    }
    const state = this.#state;
    state[0] = Number(BigInt.asUintN(32, BigInt(seed)));
    for (let i = 1; i < STATE_WORDS; i++) {
      const previous = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** A copy of the state, for `Generator.fromState`. */
  saveState(): GeneratorState {
    const saved = new Uint32Array(STATE_WORDS + 1);
    saved.set(this.#state);
    saved[STATE_WORDS] = this.#position;
    return saved;
  }

  /**
   * A generator that continues where `saveState` was called.
   * @throws {RangeError} when this is not the state of a generator.
   */
  static fromState(saved: GeneratorState): Generator {
    if (saved.length !== STATE_WORDS + 1 || saved[STATE_WORDS] > STATE_WORDS) {
      throw new RangeError(`not the state of a generator: ${saved.length} words`);
    }
    const generator = new Generator(0);
    generator.#state.set(saved.subarray(0, STATE_WORDS));
    generator.#position = saved[STATE_WORDS];
    return generator;
  }

  /** The next 32 bits: an integer in [0, 2³²). */
  randomUint32(): number {
    if (this.#position === STATE_WORDS) {
      this.#twist();
      this.#position = 0;
    }
    let y = this.#state[this.#position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** `torch.empty((), dtype=torch.int64).random_()`: an integer in [0, 2⁶³). */
  random64(): bigint {
    return BigInt.asUintN(63, this.#randomUint64());
  }

  /** `torch.empty(1).uniform_(from, to).item()`: a float32 in [from, to). */
  uniform(from = 0, to = 1): number {
    const low = Math.fround(from);
    return this.#uniform(low, Math.fround(Math.fround(to) - low));
  }

  /** `torch.empty(1, dtype=torch.float64).uniform_().item()`: 53 random bits, in [0, 1). */
  uniformDouble(): number {
    const high = this.randomUint32() & 0x1fffff;
    return (high * 2 ** 32 + this.randomUint32()) * 2 ** -53;
  }

  /** `uniform_(from, to)` over a whole tensor, in place. */
  fillUniform(out: Float32Array, from: number, to: number): Float32Array {
    const low = Math.fround(from);
    const range = Math.fround(Math.fround(to) - low);
    for (let i = 0; i < out.length; i++) out[i] = this.#uniform(low, range);
    return out;
  }

  /**
   * `torch.randint(low, high, (1,)).item()`: an integer in [low, high).
   * @throws {RangeError} when there is none, or it would not be exact as a number.
   */
  randint(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low >= high) {
      throw new RangeError(`randint needs integers low < high, got ${low} and ${high}`);
    }
    const range = high - low;
    if (range < WIDE_RANGE) return low + this.randomUint32() % range;
    return low + Number(this.#randomUint64() % BigInt(range));
  }

  /**
   * `torch.randperm(n)`: 0 to n-1 in random order.
   * @throws {RangeError} when n is no count below 214,748,364.
   */
  randperm(n: number): Uint32Array {
    if (!Number.isInteger(n) || n < 0 || n >= WIDE_PERMUTATION) {
      throw new RangeError(`randperm needs a count below ${WIDE_PERMUTATION}, got ${n}`);
    }
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const other = i + this.randomUint32() % (n - i);
      [order[i], order[other]] = [order[other], order[i]];
    }
    return order;
  }

  /**
   * 24 random bits scaled into the range. torch compiles this to a fused multiply-add (AVX2 and
   * AVX-512 kernels), so it rounds once; the float64 expression here is exact until that rounding.
   */
  #uniform(low: number, range: number): number {
    return Math.fround((this.randomUint32() & 0xffffff) * 2 ** -24 * range + low);
  }

  #randomUint64(): bigint {
    const high = BigInt(this.randomUint32());
    return (high << 32n) | BigInt(this.randomUint32());
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < STATE_WORDS; i++) {
      const next = state[(i + 1) % STATE_WORDS];
      const y = (state[i] & 0x80000000) | (next & 0x7fffffff);
      const shifted = state[(i + SHIFT_WORDS) % STATE_WORDS] ^ (y >>> 1);
      state[i] = y & 1 ? shifted ^ 0x9908b0df : shifted;
    }
  }
}
