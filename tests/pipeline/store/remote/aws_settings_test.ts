import assert from "node:assert/strict";
import { awsSettings } from "../../../../pipeline/store/remote/aws_settings.ts";

const FILES = {
  "/home/ann/.aws/credentials": `
[default]
aws_access_key_id = AKDEFAULT
aws_secret_access_key=default/secret=
# aws_session_token = commented
[work]
aws_access_key_id=AKWORK
aws_secret_access_key=work secret
aws_session_token=token
`,
  "/home/ann/.aws/config": `
[default]
region = eu-west-1
s3 =
  region = nested
[profile work]
region = eu-north-1
endpoint_url = https://s3.work.example
[profile sso]
sso_session = corp
[ profile  bare ]
region=us-west-2
`,
};

const settings = (variables: Record<string, string>, files: Record<string, string> = FILES) =>
  awsSettings({
    get: (name) => ({ HOME: "/home/ann", ...variables })[name],
    read: (path) => files[path],
  });

Deno.test("keys are those of the variables, else of the profile, else none", () => {
  const pair = { AWS_ACCESS_KEY_ID: "AK", AWS_SECRET_ACCESS_KEY: "secret" };
  assert.deepEqual(settings({ ...pair, AWS_SESSION_TOKEN: "t", AWS_PROFILE: "work" }).credentials, {
    accessKeyId: "AK",
    secretAccessKey: "secret",
    sessionToken: "t",
  });
  assert.deepEqual(settings(pair, {}).credentials, {
    accessKeyId: "AK",
    secretAccessKey: "secret",
  });
  const byDefault = settings({});
  assert.deepEqual(byDefault.credentials, {
    accessKeyId: "AKDEFAULT",
    secretAccessKey: "default/secret=",
  });
  assert.equal(byDefault.source, 'the profile "default"');
  assert.deepEqual(settings({ AWS_PROFILE: "work" }).credentials, {
    accessKeyId: "AKWORK",
    secretAccessKey: "work secret",
    sessionToken: "token",
  });
  assert.equal(settings({}, {}).credentials, undefined);
  assert.equal(settings({ AWS_PROFILE: "bare" }).credentials, undefined);
  // What is set to nothing is not set.
  assert.equal(
    settings({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }, {}).credentials,
    undefined,
  );
});

Deno.test("files lie where the variables say", () => {
  const files = {
    "/keys": FILES["/home/ann/.aws/credentials"],
    "/conf": "[default]\nregion = x\n",
  };
  const moved = settings({ AWS_SHARED_CREDENTIALS_FILE: "/keys", AWS_CONFIG_FILE: "/conf" }, files);
  assert.deepEqual([moved.credentials?.accessKeyId, moved.region], ["AKDEFAULT", "x"]);
});

Deno.test("region and endpoint are those of the variables, the nearer first, else of the profile", () => {
  assert.equal(settings({}).region, "eu-west-1");
  assert.equal(settings({ AWS_DEFAULT_REGION: "b" }).region, "b");
  assert.equal(settings({ AWS_DEFAULT_REGION: "b", AWS_REGION: "a" }).region, "a");
  assert.equal(settings({}).endpoint, undefined);
  assert.equal(settings({ AWS_PROFILE: "work" }).endpoint, "https://s3.work.example");
  const url = { AWS_ENDPOINT_URL: "http://one:9000" };
  assert.equal(settings({ ...url, AWS_PROFILE: "work" }).endpoint, "http://one:9000");
  const nearer = settings({ ...url, AWS_ENDPOINT_URL_S3: "http://two:9000" });
  assert.equal(nearer.endpoint, "http://two:9000");
});

Deno.test("what cannot work is refused with the remedy, and no secret", () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ AWS_ACCESS_KEY_ID: "hidden" }, /AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY/],
    [
      { AWS_SECRET_ACCESS_KEY: "hidden" },
      /AWS_SECRET_ACCESS_KEY is set, but not AWS_ACCESS_KEY_ID/,
    ],
    [
      { AWS_PROFILE: "nobody" },
      /AWS_PROFILE is "nobody", which neither .*credentials nor .*config has/,
    ],
    [
      { AWS_PROFILE: "sso" },
      /had by sso_session, .* export-credentials --profile sso --format env/,
    ],
    [{ AWS_ENDPOINT_URL: "https://me:hidden@host" }, /must be as https:\/\/host:port/],
    [{ AWS_ENDPOINT_URL: "host" }, /must be as/],
  ];
  for (const [variables, told] of cases) {
    assert.throws(() => settings(variables), (error: Error) => {
      assert.match(error.message, told);
      assert.doesNotMatch(error.message, /hidden/);
      return error.name === "StoreError";
    });
  }
  assert.throws(
    () => settings({ AWS_WEB_IDENTITY_TOKEN_FILE: "/token" }, {}),
    /had by AWS_WEB_IDENTITY_TOKEN_FILE/,
  );
});
