import { createHash } from "node:crypto";

/**
 * A digest of a secret that tells secrets apart but confirms none. Fingerprints are stored and shown, they must be the
 * same on every machine (so no random key can help), and a full digest of a weak password can be guessed. Sixteen bits
 * tell two secrets of one file apart, save one pair in 65,536; a list of a million passwords leaves fifteen that fit.
 * @param parts what identifies the secret, its value or the tool's hash of it included
 */
export function shortDigest(...parts: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify(["towpath secret", ...parts]))
    .digest("hex")
    .slice(0, 4);
}
