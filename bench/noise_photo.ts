/** A photo of noise, of the size that the tutorial's have, as a file that needs no encoder (PPM). */
export function noisePhoto(width = 500, height = 375): Uint8Array {
  const header = new TextEncoder().encode(`P6 ${width} ${height} 255\n`);
  const file = new Uint8Array(header.length + width * height * 3);
  file.set(header);
  // As many bytes at once as there may be.
  for (let i = header.length; i < file.length; i += 65536) {
    crypto.getRandomValues(file.subarray(i, i + 65536));
  }
  return file;
}
