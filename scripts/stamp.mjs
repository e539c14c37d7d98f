import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * sha256 over names and contents of files; a file that does not exist counts as such.
 * @param {readonly string[]} files absolute paths @param {readonly string[]} [words] what else the digest depends on
 */
export function digest(files, words = []) {
  const hash = createHash("sha256");
  for (const word of words) hash.update(`${word}\0`);
  for (const file of files) {
    hash.update(existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest() : "none");
  }
  return hash.digest("hex");
}

/** Whether the work that a stamp stands for was finished for this digest. @param {string} stamp @param {string} value */
export function isStamped(stamp, value) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === value;
}

/** Forgets that the work was finished; called before it starts. @param {string} stamp */
export function unstamp(stamp) {
  rmSync(stamp, { force: true });
}

/** Records that the work was finished; called last, so that half-made work is never taken for done. @param {string} stamp @param {string} value */
export function writeStamp(stamp, value) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(`${stamp}.${process.pid}`, value);
  renameSync(`${stamp}.${process.pid}`, stamp);
}
