export { decode, defineCodes } from "./jpeg";
export { resampleColumns, resampleRows } from "./resample";
