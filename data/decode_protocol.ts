/**
 * How a process that decodes photos is spoken to. A request is five uint32 (whether EXIF's
 * orientation counts, to examine, to leave the pixels behind, the longest shorter side or 0, bytes of
 * the file) and the file; an answer is three uint32 (bytes of the JSON, of the fingerprint's grey
 * values, of the pixels) and these.
 */
import type { DecodeResponse, PhotoWanted } from "./decode_photo.ts";
import { type PipeReader, uint32Bytes } from "./pipe_reader.ts";

/** A photo by its bytes: the process reads no files. */
export interface DecodeRequest extends PhotoWanted {
  file: Uint8Array<ArrayBuffer>;
}

const NOTHING = new Uint8Array(0);

export function encodeDecodeRequest(
  { file, exifOrientation, examine, withoutPixels, shortSide = 0 }: DecodeRequest,
): Uint8Array[] {
  const [turn, look, leave] = [exifOrientation, examine, withoutPixels].map(Number);
  return [uint32Bytes(turn, look || 0, leave || 0, shortSide, file.length), file];
}

/** Undefined where the other side has ended. */
export async function readDecodeRequest(input: PipeReader): Promise<DecodeRequest | undefined> {
  const head = await input.readUint32s(5);
  const file = head && await input.read(head[4]);
  return file && {
    file,
    exifOrientation: head[0] === 1,
    examine: head[1] === 1,
    withoutPixels: head[2] === 1,
    ...(head[3] > 0 && { shortSide: head[3] }),
  };
}

export function encodeDecoded(response: DecodeResponse): Uint8Array[] {
  const isPhoto = "data" in response;
  const luma = isPhoto && response.examination?.fingerprint.luma || NOTHING;
  const pixels = isPhoto ? response.data : NOTHING;
  const leaveOut = (key: string, value: unknown) =>
    key === "luma" || key === "data" ? undefined : value;
  const json = new TextEncoder().encode(JSON.stringify(response, leaveOut));
  return [uint32Bytes(json.length, luma.length, pixels.length), json, luma, pixels];
}

/** Undefined where the process has ended. */
export async function readDecoded(output: PipeReader): Promise<DecodeResponse | undefined> {
  const head = await output.readUint32s(3);
  const json = head && await output.read(head[0]);
  const luma = json && await output.read(head[1]);
  const data = luma && await output.read(head[2]);
  if (!data) return undefined;
  const response: DecodeResponse = JSON.parse(new TextDecoder().decode(json));
  if ("refusal" in response) return response;
  response.data = data;
  if (response.examination) response.examination.fingerprint.luma = luma;
  return response;
}
