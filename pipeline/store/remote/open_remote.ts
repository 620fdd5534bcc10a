/** The one place that knows which kinds of stores on other machines there are. */
import { parseAddress } from "./address.ts";
import { awsSettings } from "./aws_settings.ts";
import { RemoteStore } from "./remote_store.ts";
import { type Patience, Requests } from "./requests.ts";
import { S3Objects } from "./s3_objects.ts";
import { WebObjects } from "./web_objects.ts";

/**
 * @param signal ends what goes on there
 * @throws {StoreError} for an address that is none, or credentials that are no whole
 */
export function openRemote(text: string, signal?: AbortSignal, patience?: Patience): RemoteStore {
  const address = parseAddress(text);
  const requests = new Requests(address.name, patience, signal);
  const objects = address.kind === "s3"
    ? new S3Objects(address, awsSettings(), requests)
    : new WebObjects(address, requests);
  return new RemoteStore(objects, requests);
}
