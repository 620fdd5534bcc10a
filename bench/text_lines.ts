/** Bytes to lines of text, without their line ends. */
export class TextLineStream implements TransformStream<Uint8Array, string> {
  readonly writable: WritableStream<Uint8Array>;
  readonly readable: ReadableStream<string>;

  constructor() {
    const decoder = new TextDecoderStream();
    let rest = "";
    this.writable = decoder.writable as WritableStream<Uint8Array>;
    this.readable = decoder.readable.pipeThrough(
      new TransformStream<string, string>({
        transform(text, controller) {
          const lines = (rest + text).split("\n");
          rest = lines.pop()!;
          for (const line of lines) controller.enqueue(line);
        },
        flush(controller) {
          if (rest !== "") controller.enqueue(rest);
        },
      }),
    );
  }
}
