export * from "./certificate.ts";
export * from "./check.ts";
export * from "./table.ts";
