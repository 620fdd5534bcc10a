import assert from "node:assert/strict";
import { fileNameOf, publicUrl } from "../../../data/download/public_url.ts";

Deno.test("a URL is shown without credentials", () => {
  const cases = {
    "https://host/a.zip": "https://host/a.zip",
    "https://me:pw@host:8080/a.zip#part": "https://host:8080/a.zip",
    "https://host/a?id=2&token=abc": "https://host/a?id=2&token=…",
    "https://host/a?X-Amz-Signature=abc&x=1": "https://host/a?X-Amz-Signature=…&x=1",
    "https://host/a?api_key=abc": "https://host/a?api_key=…",
  };
  for (const [url, shown] of Object.entries(cases)) assert.equal(publicUrl(url), shown);
});

Deno.test("the file name of a URL is its last part, if that is a safe name", () => {
  assert.equal(fileNameOf("https://host/x/my%20photos.zip?a=b"), "my photos.zip");
  assert.equal(fileNameOf("https://host/100%.zip"), "100%.zip");
  for (const path of ["", "x/", "..%2Fa", "%2E%2E", "a%5Cb", "a%00", "C%3Aa"]) {
    assert.equal(fileNameOf(`https://host/${path}`), undefined, path);
  }
});
