import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutMark } from "./cut-mark.ts";
import { createRedactor } from "./redactor.ts";

const secret = "s3cr€t & <pass>/+?\"word'";

describe("S12: which values are secret", () => {
  it("S12: those of variables with the name of a secret", () => {
    const names = [
      "API_TOKEN",
      "password",
      "AWS_CREDENTIALS",
      "CLIENT_SECRET",
      "PRIVATE",
      "SSH_KEY",
      "BASIC_AUTH",
      "SLACK_WEBHOOK",
    ];
    for (const name of names)
      expect(createRedactor({ [name]: secret }).redact(`a ${secret} b`)).toBe("a *** b");
  });

  it("S12: not those that say where something lies, who wrote it, or have another name", () => {
    for (const name of [
      "HOME",
      "SSH_AUTH_SOCK",
      "XAUTHORITY",
      "GIT_AUTHOR_NAME",
      "KEY_PATH",
      "SECRETS_DIR",
      "TOKEN_FILE",
    ]) {
      expect(createRedactor({ [name]: "/home/someone" }).redact("/home/someone/x")).toBe("/home/someone/x");
    }
    expect(createRedactor({ PROXY_AUTHORIZATION: "abcdefgh" }).redact("abcdefgh")).toBe("***");
  });

  it("S12: none of fewer than 6 characters", () => {
    expect(createRedactor({ TOKEN: "12345", KEY: "", AUTH: undefined }).redact("12345 passed")).toBe(
      "12345 passed",
    );
    expect(createRedactor({ TOKEN: "123456" }).redact("123456 passed")).toBe("*** passed");
  });

  it("S12: declared ones, and ones that are found later", () => {
    const redactor = createRedactor({}, ["declared-one"]);
    expect(redactor.redact("declared-one found-later")).toBe("*** found-later");
    redactor.add("found-later");
    expect(redactor.redact("declared-one found-later")).toBe("*** ***");
  });
});

describe("S12: forms of a secret", () => {
  const forms: Record<string, string> = {
    raw: secret,
    url: encodeURIComponent(secret),
    "url, lower case": encodeURIComponent(secret).replaceAll(/%../g, (escape) => escape.toLowerCase()),
    form: encodeURIComponent(secret).replaceAll("%20", "+"),
    json: JSON.stringify(secret).slice(1, -1),
    "ascii json": JSON.stringify(secret).slice(1, -1).replace("€", "\\u20ac"),
    xml: secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    "xml attribute": "s3cr€t &amp; &lt;pass&gt;/+?&quot;word&#39;",
    hex: Buffer.from(secret).toString("hex"),
    "upper hex": Buffer.from(secret).toString("hex").toUpperCase(),
  };
  it.each(Object.entries(forms))("S12: %s", (_, form) => {
    expect(createRedactor({ TOKEN: secret }).redact(`x${form}y`)).toBe("x***y");
  });

  it("S12: base64 inside any longer value: all but the outermost characters go", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 7 }),
        fc.uint8Array({ maxLength: 7 }),
        fc.boolean(),
        (before, after, url) => {
          const text = Buffer.concat([before, Buffer.from(secret), after]).toString(
            url ? "base64url" : "base64",
          );
          const redacted = createRedactor({ TOKEN: secret }).redact(text);
          expect(redacted).toContain("***");
          // The secret's own base64 has 4/3 of its bytes; at most two characters at each end mix with its neighbours.
          expect(text.length - redacted.length + 3).toBeGreaterThanOrEqual(
            Math.floor((Buffer.byteLength(secret) * 8) / 6) - 3,
          );
        },
      ),
    );
  });

  it("S12: each long line of a key of several lines", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nshort\n-----END KEY-----\n";
    const redactor = createRedactor({ DEPLOY_KEY: key });
    expect(redactor.redact(`    | MIIEvQIBADANBgkqhkiG9w0BAQ\n    | short`)).toBe("    | ***\n    | short");
    expect(redactor.redact(`<${key}>`)).toBe("<***\n>");
  });
});

describe("S12: where secrets touch", () => {
  it("S12: overlapping, nested and repeated secrets leave nothing", () => {
    const redactor = createRedactor({}, ["abcdef", "defghi", "abcdefghijkl", "aaaaaa"]);
    expect(redactor.redact("<abcdefghi>")).toBe("<***>");
    expect(redactor.redact("<abcdefghijkl>")).toBe("<***>");
    expect(redactor.redact(`<${"a".repeat(1000)}>`)).toBe("<***>");
  });

  it("S12: a cut at any place leaves no part of any secret of more than 2 characters", () => {
    const secrets = ["abcdefghij", "hijklmnop", "mnopabcdefghijq"];
    const { redact } = createRedactor({}, secrets);
    const piece = fc.oneof(fc.constantFrom(...secrets), fc.stringMatching(/^[0-9 ]{0,5}$/));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pieces, a, b) => {
          const text = pieces.join("");
          const [from, to] = [a, b].map((cut) => Math.floor(cut * text.length)).toSorted((x, y) => x - y);
          const redacted = redact(`${text.slice(0, from)}${cutMark(7)}${text.slice(to)}`);
          expect(redacted.replace(cutMark(7), "|")).not.toMatch(/[a-q]{3}/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("S12: what is neither secret nor at a cut stays to the letter", () => {
    const { redact } = createRedactor({ TOKEN: "zzzzzzzz" });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!text.includes("zzzzzz"));
        expect(redact(text)).toBe(text);
      }),
    );
  });

  it("a large text with many secrets takes little time", () => {
    const env = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`TOKEN_${n}`, `secret-number-${n}-of-thirty`]),
    );
    const { redact } = createRedactor(env);
    const text = "a line of ordinary output of a tool\n".repeat(30_000);
    expect(redact(`${text}secret-number-7-of-thirty`)).toBe(`${text}***`);
  });
});
