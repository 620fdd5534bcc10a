/**
 * Compiles a module that lies beside the script: what `import source` does in Deno.
 * @param url in the caller's words `new URL("./NAME", import.meta.url)`, by which bundlers know a file
 */
export async function compileModule(url: URL): Promise<WebAssembly.Module> {
  // By bytes: a host need not know wasm's media type.
  return await WebAssembly.compile(await (await fetch(url)).arrayBuffer());
}
