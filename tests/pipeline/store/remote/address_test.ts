import assert from "node:assert/strict";
import { inUrl, isAddress, parseAddress } from "../../../../pipeline/store/remote/address.ts";

Deno.test("an address is told from a path", () => {
  for (const address of ["s3://a/b", "https://h", "http://h/x", "ftp://h"]) {
    assert.ok(isAddress(address), address);
  }
  for (const path of ["", "a/b", "/a", "./s3:", "C:/a", "C:\\a", "s3:/a", "://"]) {
    assert.ok(!isAddress(path), path);
  }
});

Deno.test("buckets and prefixes are read, slashes at their end or not", () => {
  const team = { kind: "s3", name: "s3://team/a b/c", bucket: "team", prefix: "a b/c" };
  assert.deepEqual(parseAddress("s3://team/a b/c"), team);
  assert.deepEqual(parseAddress("s3://team/a b/c//"), team);
  const top = { kind: "s3", name: "s3://team.x", bucket: "team.x", prefix: "" };
  for (const text of ["s3://team.x", "s3://team.x/", "S3://team.x/"]) {
    assert.deepEqual(parseAddress(text), top);
  }
});

Deno.test("a web address keeps what opens it, and its name does not", () => {
  const address = parseAddress("https://me:pw@host:8443/a/b?sig=x#y");
  assert.ok(address.kind === "web");
  assert.equal(address.name, "https://host:8443/a/b");
  assert.equal(address.url.href, "https://me:pw@host:8443/a/b/?sig=x");
});

Deno.test("what is no store's address is refused, and no password repeated", () => {
  const cases: [string, RegExp][] = [
    ["ftp://me:hidden@host/x", /begins with ftp:\/\/: name s3:\/\/BUCKET\/PREFIX, or https/],
    ["s3://AKID:hidden@team/x", /holds no keys and no options/],
    ["s3://team/x?key=hidden", /holds no keys and no options/],
    ["s3://", /"" is no name of a bucket/],
    ["s3:///x", /"" is no name of a bucket/],
    ["s3://a_b!/x", /"a_b!" is no name of a bucket/],
    ["s3://team/../x", /empty or only dots/],
    ["s3://team/a//b", /empty or only dots/],
    ["https://me:hidden@", /none that can be read/],
  ];
  for (const [text, told] of cases) {
    assert.throws(() => parseAddress(text), (error: Error) => {
      assert.match(error.message, told);
      assert.doesNotMatch(error.message, /hidden/);
      return true;
    });
  }
});

Deno.test("a key in a URL comes back as it was", () => {
  for (const key of ["a/b", "a b+c%41&d=é (1)!*'~.txt", "猫/%2F", "?#"]) {
    const url = new URL(inUrl(key), "https://host/");
    assert.equal(decodeURIComponent(url.pathname.slice(1)), key);
    assert.doesNotMatch(url.href.slice("https://host/".length), /[!'()*+ ]/);
  }
});
