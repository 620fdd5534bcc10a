/** resvg, compiled, not yet an instance: importing it takes no permission, reading its file would. */
declare const module: WebAssembly.Module;
export default module;
