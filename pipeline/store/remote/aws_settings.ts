/** Whom requests to S3 are from, and where they go: by the variables and files that AWS's own tools read. */
import { StoreError } from "../../errors.ts";

export interface AwsSettings {
  /** None: requests are anonymous, which buckets that are public answer. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Where the credentials come from, for messages. */
  source: string;
  region?: string;
  /** Of a server that is not Amazon's. */
  endpoint?: string;
}

export interface Environment {
  /** A variable; undefined when it is not set. */
  get(name: string): string | undefined;
  /** A file's text; undefined when there is none. */
  read(path: string): string | undefined;
}

const THIS_PROCESS: Environment = {
  get: (name) => Deno.env.get(name),
  read: (path) => {
    try {
      return Deno.readTextFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw new StoreError(`${path} cannot be read: check its permissions`);
    }
  },
};

/** Ways to credentials that need a program of Amazon's. */
const BY_OTHER_MEANS =
  /^(sso_|role_arn|source_profile|credential_process|credential_source|web_identity|login_session)/;
const OTHER_MEANS = [
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/** @throws {StoreError} for half of a pair of keys, a profile that is not there, or one that has no keys */
export function awsSettings({ get, read }: Environment = THIS_PROCESS): AwsSettings {
  const variable = (name: string) => get(name) || undefined;
  const home = variable("HOME") ?? variable("USERPROFILE") ?? "";
  const credentialsFile = variable("AWS_SHARED_CREDENTIALS_FILE") ?? `${home}/.aws/credentials`;
  const configFile = variable("AWS_CONFIG_FILE") ?? `${home}/.aws/config`;
  const named = variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE");
  const name = named ?? "default";
  const secrets = sectionsOf(read(credentialsFile)).get(name);
  const configs = sectionsOf(read(configFile));
  const config = configs.get(`profile ${name}`) ?? configs.get(name);
  const profile = new Map([...config ?? [], ...secrets ?? []]);
  const settings = {
    region: variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile.get("region"),
    endpoint: variable("AWS_ENDPOINT_URL_S3") ?? variable("AWS_ENDPOINT_URL") ??
      profile.get("endpoint_url"),
  };
  const { endpoint } = settings;
  if (endpoint !== undefined && !/^https?:\/\/[^@?#]+$/.test(endpoint)) {
    throw new StoreError("the endpoint for S3 (AWS_ENDPOINT_URL) must be as https://host:port");
  }
  const accessKeyId = variable("AWS_ACCESS_KEY_ID");
  const secretAccessKey = variable("AWS_SECRET_ACCESS_KEY");
  if (accessKeyId && secretAccessKey) {
    const sessionToken = variable("AWS_SESSION_TOKEN");
    const credentials = { accessKeyId, secretAccessKey, ...sessionToken && { sessionToken } };
    return { ...settings, credentials, source: "AWS_ACCESS_KEY_ID" };
  }
  if (accessKeyId || secretAccessKey) {
    const [there, missing] = accessKeyId
      ? ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
      : ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"];
    throw new StoreError(`${there} is set, but not ${missing}: set both, or neither`);
  }
  if (named && !secrets && !config) {
    throw new StoreError(
      `AWS_PROFILE is "${named}", which neither ${credentialsFile} nor ${configFile} has`,
    );
  }
  const id = profile.get("aws_access_key_id"), secret = profile.get("aws_secret_access_key");
  if (id && secret) {
    const sessionToken = profile.get("aws_session_token");
    const credentials = {
      accessKeyId: id,
      secretAccessKey: secret,
      ...sessionToken && { sessionToken },
    };
    return { ...settings, credentials, source: `the profile "${name}"` };
  }
  const other = [...profile.keys()].find((key) => BY_OTHER_MEANS.test(key)) ??
    OTHER_MEANS.find(variable);
  if (other) {
    throw new StoreError(
      `the credentials for S3 are had by ${other}, which needs Amazon's own tools: ` +
        `eval "$(aws configure export-credentials --profile ${name} --format env)" first`,
    );
  }
  return { ...settings, source: "no credentials" };
}

/** Of an INI file; what is indented belongs to the line before, which nothing here asks for. */
function sectionsOf(text = ""): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, title] = /^\[\s*(.*?)\s*\]/.exec(line) ?? [];
    if (title !== undefined) sections.set(title.replace(/\s+/g, " "), section = new Map());
    const [, key, value] = /^([^\s#;[=]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (value) section.set(key, value);
  }
  return sections;
}
