/** Programs that some machines have: a test that needs one says why it is skipped without. */

/** A Python with torch, torchvision, safetensors, onnx and onnxruntime: `GRAFT_PYTHON`, or python3. */
export async function findPython(): Promise<string | undefined> {
  const python = Deno.env.get("GRAFT_PYTHON") ?? "python3";
  const script = "import torch, safetensors, onnx, onnxruntime";
  try {
    const { success } = await new Deno.Command(python, {
      args: ["-c", script],
      stdout: "null",
      stderr: "null",
    }).output();
    if (success) return python;
  } catch { /* There is none. */ }
  console.error(
    `skipped: ${python} cannot import torch, safetensors, onnx and onnxruntime; ` +
      "name one that can in GRAFT_PYTHON",
  );
}

/** Where Debian, Fedora, macOS and Windows have it. */
const CHROMIUMS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** A Chromium: `GRAFT_CHROMIUM`, or one in a usual place. */
export async function findChromium(): Promise<string | undefined> {
  const named = Deno.env.get("GRAFT_CHROMIUM");
  for (const path of named ? [named] : CHROMIUMS) {
    const isThere = await Deno.stat(path).then(({ isFile }) => isFile, () => false);
    if (isThere) return path;
  }
  console.error(
    `skipped: there is no Chromium at ${named ?? "the usual places"}; name one in GRAFT_CHROMIUM`,
  );
}
