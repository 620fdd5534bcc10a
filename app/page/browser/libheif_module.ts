// A file of its own beside the page's, which whoever wants to can replace: its licence is LGPL-3.
const { default: create } = await import(new URL("./libheif.js", import.meta.url).href);
export default create;
