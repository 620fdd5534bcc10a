import assert from "node:assert/strict";
import fc from "fast-check";
import { boundaryOf, FormError, onlyFile } from "../../../app/serve/multipart.ts";

/** A form as fetch sends it. */
async function sent(form: FormData): Promise<{ bytes: Uint8Array<ArrayBuffer>; boundary: string }> {
  const response = new Response(form);
  const boundary = boundaryOf(response.headers.get("content-type")!)!;
  return { bytes: new Uint8Array(await response.arrayBuffer()), boundary };
}

const utf8 = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const refusing = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof FormError);
  assert.match(error.message, message);
  return true;
};

Deno.test("the file of a form that fetch sends is found, whatever its bytes, names and other fields", async () => {
  // Bytes that look like what separates parts.
  const byte = fc.oneof(fc.constantFrom(13, 10, 45), fc.integer({ min: 0, max: 255 }));
  const bytes = fc.array(byte, { maxLength: 200 }).map((all) => Uint8Array.from(all));
  await fc.assert(fc.asyncProperty(
    bytes,
    fc.string({ minLength: 1 }),
    fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 4 }),
    async (file, name, fields) => {
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.append(field, value);
      form.append("photo", new File([file], name));
      const { bytes, boundary } = await sent(form);
      assert.deepEqual(onlyFile(bytes, boundary), file);
    },
  ));
});

Deno.test("a field for a file that was not chosen is none; two files are one too many", () => {
  const part = (filename: string, content: string) =>
    `--B\r\nContent-Disposition: form-data; name="a"; filename=${filename}\r\n\r\n${content}\r\n`;
  const only = utf8(`preamble\r\n${part('""', "")}${part("b.jpg", "photo")}--B--`);
  assert.deepEqual(onlyFile(only, "B"), utf8("photo"));
  const two = utf8(`${part('"a;\\"b.jpg"', "1")}${part('"c"', "2")}--B--`);
  assert.throws(() => onlyFile(two, "B"), refusing(/more than one file: send one photo/));
  const none = utf8(`--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--B--`);
  assert.throws(() => onlyFile(none, "B"), refusing(/has no file/));
});

Deno.test("a form's type is told in capitals too, with a boundary in quotes or without", () => {
  assert.equal(boundaryOf("Multipart/Form-Data; Boundary=aB"), "aB");
  assert.equal(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b;c"'), "a b;c");
  assert.equal(boundaryOf("image/jpeg; boundary=a"), undefined);
  assert.equal(boundaryOf("multipart/form-data2; boundary=a"), undefined);
  assert.throws(() => boundaryOf("multipart/form-data"), refusing(/boundary/));
  assert.throws(() => boundaryOf(`multipart/form-data; boundary=${"a".repeat(71)}`), FormError);
});

Deno.test("what is cut off, or no form, is refused with a sentence", () => {
  const whole = `--B\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nx\r\n--B--`;
  assert.deepEqual(onlyFile(utf8(whole), "B"), utf8("x"));
  for (let length = 0; length < whole.length - 1; length++) {
    assert.throws(() => onlyFile(utf8(whole.slice(0, length)), "B"), FormError, `${length} bytes`);
  }
});

Deno.test("half a million empty parts, and bytes that are almost separators, take no time", () => {
  const empty = '--B\r\nContent-Disposition: form-data; name=""; filename=""\r\n\r\n\r\n';
  const head = '--B\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n';
  const almost = `\r\n--${"B".repeat(69)}`;
  const forms: [string, string, RegExp][] = [
    [`${empty.repeat(541_000)}--B--\r\n`, "B", /more than 32 parts/],
    [head + "\r".repeat(32 << 20), "B", /cannot be read/],
    [head.replace("B", "B".repeat(70)) + almost.repeat(430_000), "B".repeat(70), /cannot be read/],
    ["--B" + "x".repeat(32 << 20), "B", /cannot be read/],
  ];
  for (const [form, boundary, message] of forms) {
    const bytes = utf8(form);
    const start = performance.now();
    assert.throws(() => onlyFile(bytes, boundary), refusing(message));
    const spent = performance.now() - start;
    assert.ok(spent < 2000, `${form.slice(0, 20)}… takes ${spent} ms`);
  }
});
