/**
 * How a process that looks at photos is spoken to. A request is two uint32 (whether EXIF's
 * orientation counts, bytes of the file) and the file; an answer is two uint32 (bytes of the JSON
 * and of the fingerprint's grey values) and these.
 */
import type { DecodeResponse } from "../decode_photo.ts";
import { type PipeReader, uint32Bytes } from "../pipe_reader.ts";

interface ExamineRequest {
  file: Uint8Array<ArrayBuffer>;
  exifOrientation: boolean;
}

export function encodeExamineRequest({ file, exifOrientation }: ExamineRequest): Uint8Array[] {
  return [uint32Bytes(Number(exifOrientation), file.length), file];
}

/** Undefined where the other side has ended. */
export async function readExamineRequest(input: PipeReader): Promise<ExamineRequest | undefined> {
  const head = await input.readUint32s(2);
  const file = head && await input.read(head[1]);
  return file && { file, exifOrientation: head[0] === 1 };
}

/** @param response of a photo that was examined, without its pixels */
export function encodeExamined(response: DecodeResponse): Uint8Array[] {
  const luma = "refusal" in response ? undefined : response.examination?.fingerprint.luma;
  const leaveOut = (key: string, value: unknown) =>
    key === "luma" || key === "data" ? undefined : value;
  const json = new TextEncoder().encode(JSON.stringify(response, leaveOut));
  return [uint32Bytes(json.length, luma?.length ?? 0), json, luma ?? new Uint8Array(0)];
}

/** Undefined where the process has ended. */
export async function readExamined(output: PipeReader): Promise<DecodeResponse | undefined> {
  const head = await output.readUint32s(2);
  const json = head && await output.read(head[0]);
  const luma = json && await output.read(head[1]);
  if (!luma) return undefined;
  const response: DecodeResponse = JSON.parse(new TextDecoder().decode(json));
  if ("refusal" in response) return response;
  response.data = new Uint8Array(0);
  response.examination!.fingerprint.luma = luma;
  return response;
}
