/** mozjpeg's encoder, compiled, not yet an instance: importing it takes no permission. */
declare const module: WebAssembly.Module;
export default module;
