/** Time, which tests let pass as quickly as they like. */
export interface Clock {
  /** Milliseconds since any one moment. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
