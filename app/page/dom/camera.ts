import type { Pixels } from "../messages.ts";

/** Longest side of the frames that are asked about. */
const FRAME = 640;

/**
 * Shows the camera in `video` and asks about one frame after the other.
 * @returns what stops it
 * @throws {Error} when there is no camera, or it may not be used
 */
export async function startCamera(
  video: HTMLVideoElement,
  ask: (frame: Pixels) => Promise<void>,
): Promise<() => void> {
  if (!navigator.mediaDevices) {
    throw new Error("browsers allow it to pages from this computer, or by https, only");
  }
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 } },
  });
  video.srcObject = stream;
  await video.play();
  let running = true;
  const loop = async () => {
    while (running) {
      await ask(frameOf(video));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  };
  loop();
  return () => {
    running = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}

function frameOf(video: HTMLVideoElement): Pixels {
  const scale = Math.min(1, FRAME / Math.max(video.videoWidth, video.videoHeight));
  const [width, height] = [video.videoWidth, video.videoHeight].map((side) =>
    Math.max(1, Math.round(side * scale))
  );
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(video, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: data as Uint8ClampedArray<ArrayBuffer> };
}
