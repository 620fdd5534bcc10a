/** Compiles a module that lies beside the script: what `import source` does in Deno. */
export async function compileModule(file: string): Promise<WebAssembly.Module> {
  const response = await fetch(new URL(`./${file}`, import.meta.url));
  // By bytes: a host need not know wasm's media type.
  return await WebAssembly.compile(await response.arrayBuffer());
}
