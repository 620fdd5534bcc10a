/** Where a store on other machines is: `s3://bucket/prefix`, or `https://host/path`, which is only read. */
import { StoreError } from "../../errors.ts";

export interface S3Address {
  kind: "s3";
  /** What messages call it. */
  name: string;
  bucket: string;
  /** Without slashes at its ends; "" for the bucket's top. */
  prefix: string;
}

export interface WebAddress {
  kind: "web";
  /** What messages call it: without a password, and without what follows a `?`. */
  name: string;
  /** The folder, with all that was given. */
  url: URL;
}

/** Whether this is an address, and no folder's path. */
export const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(text);

/** @throws {StoreError} for what is no address of a store; it repeats no password */
export function parseAddress(text: string): S3Address | WebAddress {
  const [, scheme] = /^([a-z0-9+.-]+):/i.exec(text) ?? [];
  if (/^https?$/i.test(scheme)) return parseWeb(text);
  if (!/^s3$/i.test(scheme)) {
    throw new StoreError(
      `a store cannot be at an address that begins with ${scheme}://: ` +
        "name s3://BUCKET/PREFIX, or https://… for one that is only read",
    );
  }
  if (/[?#@]/.test(text)) {
    throw new StoreError(
      "an address of S3 holds no keys and no options: write s3://BUCKET/PREFIX, and give " +
        "credentials by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or by AWS_PROFILE",
    );
  }
  const [bucket, ...parts] = text.slice("s3://".length).replace(/\/+$/, "").split("/");
  if (!/^[a-z0-9][\w.-]{1,61}[a-z0-9]$/i.test(bucket)) {
    throw new StoreError(`"${bucket}" is no name of a bucket of S3: write s3://BUCKET/PREFIX`);
  }
  if (parts.some((part) => ["", ".", ".."].includes(part))) {
    throw new StoreError(`${text} has a part that is empty or only dots: write s3://BUCKET/PREFIX`);
  }
  return {
    kind: "s3",
    name: ["s3:/", bucket, ...parts].join("/"),
    bucket,
    prefix: parts.join("/"),
  };
}

function parseWeb(text: string): WebAddress {
  if (!URL.canParse(text)) {
    throw new StoreError("the address of the store is none that can be read: check its spelling");
  }
  const url = new URL(text);
  url.hash = "";
  url.pathname = url.pathname.replace(/\/*$/, "/");
  return { kind: "web", name: url.origin + url.pathname.replace(/\/$/, ""), url };
}

/** A key as it stands in a URL. The signature of S3 is of names in which nothing else is left as it is. */
export const inUrl = (key: string): string =>
  key.split("/").map((part) =>
    encodeURIComponent(part).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  ).join("/");
