import assert from "node:assert/strict";
import {
  concealAddress,
  fileNameOf,
  isConcealed,
  publicUrl,
  withPublicUrls,
} from "../../../data/download/public_url.ts";

Deno.test("a URL is shown without credentials", () => {
  const cases = {
    "https://host/a.zip": "https://host/a.zip",
    "https://me:pw@host:8080/a.zip#part": "https://host:8080/a.zip",
    "https://host/a?id=2&token=abc": "https://host/a?id=2&token=…",
    "https://host/a?X-Amz-Signature=abc&x=1": "https://host/a?X-Amz-Signature=…&x=1",
    "https://host/a?api_key=abc": "https://host/a?api_key=…",
    "https://host/a?%70assword=abc;n=1": "https://host/a?%70assword=…;n=1",
    "https://host/a?id=1a2B3c4D5e6F7g8H9i0J1k": "https://host/a?id=…",
    "https://host/a?file=some_long_name_of_2026.zip":
      "https://host/a?file=some_long_name_of_2026.zip",
    "https://host/a?from=https%3A%2F%2Fme%3Apw%40other": "https://host/a?from=…",
    "https://host/a?0123456789abcdef0123456789abcdef": "https://host/a?…",
    "https://me:pw@:x": "https://…",
    "https://host/d/aB3dE5fG7hI9jK1lM3nO5/a.zip": "https://host/d/…/a.zip",
    "https://host/d/aB3dE5fG7hI9jK1lM3nO5.tar.gz?x=1": "https://host/d/….tar.gz?x=1",
    "https://hooks.example/services/T01ABCDEF/B02GHIJKL/x9Y8z7W6v5U4t3S2r1Q0p9O8":
      "https://hooks.example/services/T01ABCDEF/B02GHIJKL/…",
    "https://host/share/550e8400-e29b-41d4-a716-446655440000/": "https://host/share/…/",
    "https://host/token/abc/a.zip": "https://host/token/…/a.zip",
    "https://host/api-key/%61bc?x=1": "https://host/api-key/…?x=1",
    "https://host/tokens/photos.zip": "https://host/tokens/photos.zip",
    "https://host/o/r/archive/0123456789abcdef0123456789abcdef01234567.zip":
      "https://host/o/r/archive/0123456789abcdef0123456789abcdef01234567.zip",
    "https://host/Flowers-Recognition-2021-v2/photos_2024-06-17_final.zip":
      "https://host/Flowers-Recognition-2021-v2/photos_2024-06-17_final.zip",
    "https://host/models/efficientnet-lite1-77cc7160.pth":
      "https://host/models/efficientnet-lite1-77cc7160.pth",
    "https://host/HymenopteraDataSetOfAntsAndBees/MyPhotosFromTheGarden2026.zip":
      "https://host/HymenopteraDataSetOfAntsAndBees/MyPhotosFromTheGarden2026.zip",
  };
  for (const [url, shown] of Object.entries(cases)) assert.equal(publicUrl(url), shown);
});

Deno.test("addresses in what others say are shown without credentials", () => {
  assert.equal(
    withPublicUrls(
      "no index at https://me:pw@host/simple/ (see 'http://h/?token=1'), or http://a@:",
    ),
    "no index at https://host/simple/ (see 'http://h/?token=…'), or http://…",
  );
  assert.equal(
    withPublicUrls("at https://host/d/aB3dE5fG7hI9jK1lM3nO5/a.zip: gone"),
    "at https://host/d/…/a.zip: gone",
  );
  const harmless = "https://host#secret=0123456789abcdef http://127.0.0.1:8000. C://a";
  assert.equal(withPublicUrls(harmless), harmless);
  assert.doesNotMatch(
    withPublicUrls("dat=ftp://me:pw@h/a,http://u:pw@h"),
    /pw/,
  );
});

Deno.test("text of a million characters is looked through at once", () => {
  for (const text of ["a.", "a://,", ",a-b", "http://", "?x="].map((part) => part.repeat(2e5))) {
    const started = performance.now();
    withPublicUrls(text);
    // It takes hundredths; a search that begins again at each place would take minutes.
    assert.ok(performance.now() - started < 5000, text.slice(0, 9));
  }
});

Deno.test("an address is concealed by a digest of its secrets, and is recognised then", () => {
  const [one, same, other, elsewhere] = [
    "https://me:pw@host/a.zip?token=x&id=2#part",
    "https://me:pw@host/a.zip?token=x&id=2",
    "https://me:pv@host/a.zip?token=x&id=2",
    "https://me:pw@elsewhere/a.zip?token=x&id=2",
  ].map((text) => concealAddress(text).text);
  assert.match(one, /^https:\/\/host\/a\.zip\?token=…&id=2#secret=[0-9a-f]{16}$/);
  assert.equal(same, one);
  // The digest tells neither that two passwords are the same at two places, nor is it a plain hash.
  const digests = [one, other, elsewhere].map((text) => text.slice(text.indexOf("#")));
  assert.equal(new Set(digests).size, 3);
  assert.deepEqual(concealAddress(one), { text: one, secrets: [] });
  assert.ok(isConcealed(one));
});

Deno.test("what has no secrets stays as it is; what only looks concealed does not keep its password", () => {
  for (const text of ["auto", "/photos/a b", "pypi:x==1", "https://host/a.zip?id=2", "C:\\a"]) {
    assert.deepEqual(concealAddress(text), { text, secrets: [] });
    assert.equal(isConcealed(text), false);
  }
  const { text } = concealAddress("https://me:pw@host/a.zip#secret=0123456789abcdef");
  assert.doesNotMatch(text, /pw|0123456789abcdef/);
});

Deno.test("secrets are told in every spelling in which a program may repeat them", () => {
  const { secrets } = concealAddress("https://me:p%40ssw%C3%B6rd@host/a?token=tok%2Fen");
  for (const spelling of ["p%40ssw%C3%B6rd", "p@sswörd", "tok%2Fen", "tok/en"]) {
    assert.ok(secrets.includes(spelling), `${spelling} in ${secrets}`);
  }
  assert.equal(secrets.includes("me"), false);
});

Deno.test("the file name of a URL is its last part, if that is a safe name", () => {
  assert.equal(fileNameOf("https://host/x/my%20photos.zip?a=b"), "my photos.zip");
  assert.equal(fileNameOf("https://host/100%.zip"), "100%.zip");
  for (const path of ["", "x/", "..%2Fa", "%2E%2E", "a%5Cb", "a%00", "C%3Aa"]) {
    assert.equal(fileNameOf(`https://host/${path}`), undefined, path);
  }
});
