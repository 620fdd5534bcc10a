/** A web server for a model. */
export * from "./openapi.ts";
export * from "./server.ts";
