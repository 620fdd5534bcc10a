/** Protocol buffers written by what their fields say, where nothing may be compiled at run time. */
import protobuf from "protobufjs/light.js";

/** Bits that say how a value is written: https://protobuf.dev/programming-guides/encoding/ */
const LENGTH_DELIMITED = 2;

/**
 * As `type.encode`, to the same bytes. That one makes a function of source text, which pages with a
 * content security policy of ours may not.
 */
export function encodeMessage(
  type: protobuf.Type,
  message: Readonly<Record<string, unknown>>,
  writer: protobuf.Writer = protobuf.Writer.create(),
): protobuf.Writer {
  const fields = type.fieldsArray.toSorted((a, b) => a.id - b.id);
  for (const field of fields) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (!field.repeated) {
      write(writer, field, value);
      continue;
    }
    const values = value as readonly unknown[];
    if (values.length === 0) continue;
    if (field.packed && field.type in protobuf.types.packed) {
      writer.uint32(tagOf(field, LENGTH_DELIMITED)).fork();
      for (const one of values) scalar(writer, field, one);
      writer.ldelim();
    } else {
      for (const one of values) write(writer, field, one);
    }
  }
  return writer;
}

function write(writer: protobuf.Writer, field: protobuf.Field, value: unknown): void {
  const { resolvedType } = field.resolve();
  if (resolvedType instanceof protobuf.Type) {
    writer.uint32(tagOf(field, LENGTH_DELIMITED)).fork();
    encodeMessage(resolvedType, value as Record<string, unknown>, writer);
    writer.ldelim();
    return;
  }
  const basic = protobuf.types.basic as Record<string, number>;
  writer.uint32(tagOf(field, basic[field.type]));
  scalar(writer, field, value);
}

/** The writer's methods are called as the types are. */
function scalar(writer: protobuf.Writer, { type }: protobuf.Field, value: unknown): void {
  (writer as unknown as Record<string, (value: unknown) => void>)[type](value);
}

const tagOf = ({ id }: protobuf.Field, wire: number) => (id << 3 | wire) >>> 0;
