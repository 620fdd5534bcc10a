/**
 * The fields of a protobuf message, one after the other. A decoder by schema makes an object of every
 * two bytes that say so; who reads field by field makes only what is asked for.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
import { ByteReader } from "./byte_reader.ts";

export interface ProtobufField {
  id: number;
  /** A varint as a number, inexact beyond 2^53; all else as its bytes, which are a view. */
  value: number | Uint8Array;
}

/**
 * @throws {EndOfBytes} where the message is cut off
 * @throws {RangeError} where it is no message
 */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  const reader = new ByteReader(message);
  while (reader.offset < message.length) {
    const tag = varint(reader);
    const id = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { id, value: varint(reader) };
        break;
      case 1:
        yield { id, value: reader.bytes(8) };
        break;
      case 2:
        yield { id, value: reader.bytes(varint(reader)) };
        break;
      case 5:
        yield { id, value: reader.bytes(4) };
        break;
      default: // groups, which nest without end and which nothing has used for twenty years
        throw new RangeError(`a field of the unknown wire type ${tag % 8}`);
    }
  }
}

/** The numbers of a repeated field of integers, which is packed or one number a field. */
export function* packedVarints(value: number | Uint8Array): Generator<number> {
  if (typeof value === "number") return yield value;
  const reader = new ByteReader(value);
  while (reader.offset < value.length) yield varint(reader);
}

function varint(reader: ByteReader): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 70; scale *= 128) {
    const byte = reader.uint8();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  throw new RangeError("a number without an end");
}
