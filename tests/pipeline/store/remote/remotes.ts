/** Stores on the tests' servers. */
import { parseAddress, type S3Address } from "../../../../pipeline/store/remote/address.ts";
import type { AwsSettings } from "../../../../pipeline/store/remote/aws_settings.ts";
import { RemoteStore } from "../../../../pipeline/store/remote/remote_store.ts";
import { Requests } from "../../../../pipeline/store/remote/requests.ts";
import { S3Objects } from "../../../../pipeline/store/remote/s3_objects.ts";
import { KEYS } from "./s3_server.ts";

/** Nobody waits long in tests. */
export const HASTE = { attempts: 3, wait: 1, silence: 5000 };

interface Options extends Partial<AwsSettings> {
  prefix?: string;
  partSize?: number;
  patience?: typeof HASTE;
  signal?: AbortSignal;
}

/** @param place an S3Server, or where another one is */
export function objectsAt(
  { endpoint, bucket }: { endpoint: string; bucket: string },
  { prefix = "a/prefix", partSize = 1000, patience = HASTE, signal, ...settings }: Options = {},
): { objects: S3Objects; requests: Requests } {
  const address = parseAddress(`s3://${bucket}/${prefix}`) as S3Address;
  const requests = new Requests(address.name, patience, signal);
  const all = { endpoint, credentials: KEYS, source: "the test", ...settings };
  return { objects: new S3Objects(address, all, requests, partSize), requests };
}

export function remoteAt(
  place: { endpoint: string; bucket: string },
  options?: Options,
): RemoteStore {
  const { objects, requests } = objectsAt(place, options);
  return new RemoteStore(objects, requests);
}
