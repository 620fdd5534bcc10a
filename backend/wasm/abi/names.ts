/** `normalizedGradient` as NORMALIZED_GRADIENT. */
export function constantCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toUpperCase();
}

/** `conv2d` as Conv2d. */
export function pascalCase(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
