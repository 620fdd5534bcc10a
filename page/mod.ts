/** A page on which a model can be tried. */
export * from "./page_files.ts";
export * from "./security_headers.ts";
