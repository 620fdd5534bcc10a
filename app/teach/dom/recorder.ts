/** The camera: it is asked about all the time, and photos are taken of it while a class is recorded. */
import { startCamera } from "../../page/dom/camera.ts";
import type { Pixels } from "../../page/messages.ts";

/** Longest side of the photos that are kept, and how they are packed. */
const LONGEST = 640, QUALITY = 0.92;
/** Milliseconds from one photo to the next: more of them are hardly different. */
const INTERVAL = 150;

export class Recorder {
  #stop: (() => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly ask: (frame: Pixels) => Promise<void>,
  ) {}

  get isOn(): boolean {
    return this.#stop !== undefined;
  }

  /** @throws {Error} where there is no camera, or it may not be used */
  async start(): Promise<void> {
    if (this.#stop) return;
    this.video.hidden = false; // hidden ones do not play everywhere
    try {
      this.#stop = await startCamera(this.video, this.ask);
    } catch (error) {
      this.video.hidden = true;
      throw error;
    }
  }

  stop(): void {
    this.pause();
    this.#stop?.();
    this.#stop = undefined;
    this.video.hidden = true;
  }

  /**
   * Takes one photo after the other until `pause`.
   * @param isFull whether so many are waiting that none should be taken now
   */
  record(keep: (photo: Blob) => void, isFull: () => boolean): void {
    this.pause();
    const take = () => {
      if (!isFull()) this.#take().then((photo) => photo && this.#timer && keep(photo));
    };
    this.#timer = setInterval(take, INTERVAL);
    take();
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #take(): Promise<Blob | null> {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, LONGEST / Math.max(videoWidth, videoHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(videoWidth * scale));
    canvas.height = Math.max(1, Math.round(videoHeight * scale));
    canvas.getContext("2d")!.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  }
}
