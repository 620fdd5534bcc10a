/** `node:url`, as much of it as is reached: pages have no paths. */
export function fileURLToPath(url: URL | string): string {
  throw new TypeError(`a page cannot read ${url}`);
}
