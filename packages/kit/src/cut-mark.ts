/**
 * Stands where bytes of a kept output were left out. It holds a NUL and a line break, so that no format can read the
 * two halves as one whole document.
 * @param bytes how many bytes are missing
 */
export function cutMark(bytes: number): string {
  return `\n\0[… ${bytes} bytes left out …]\n`;
}

/** Finds every cut mark of a text. */
// oxlint-disable-next-line no-control-regex -- the mark holds a NUL on purpose
export const cutMarkPattern: RegExp = /\n\0\[… \d+ bytes left out …\]\n/g;
