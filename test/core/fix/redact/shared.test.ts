import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { findSensitive } from "../../../../src/core/fix/redact/detect.ts";
import { findSecrets } from "../../../../src/core/rules/evaluators/secrets.ts";

const text = (characters: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length });
const BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Made here, so that no file of the project holds anything that looks like a key. */
const secret = fc.oneof(
  text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16).map((rest) => `AKIA${rest}`),
  text(BASE62, 36).map((rest) => `ghp_${rest}`),
  text(BASE62, 24).map((rest) => `sk_live_${rest}`),
  text(BASE62, 12).map((rest) => `postgres://app:${rest}@db.internal:5432/app`),
  text("0123456789abcdef", 32).map((rest) => `AC${rest}`),
);

describe("the redactor", () => {
  it("knows every secret that the rules know", () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), (secrets) => {
        const code = secrets.map((value, i) => `  setting_${i} = "${value}"`).join("\n");
        const hidden = findSensitive(code).filter((found) => found.kind === "secret");
        for (const found of findSecrets(code)) {
          expect(hidden.some((h) => h.start < found.end && found.start < h.end)).toBe(true);
        }
      }),
    );
  });
});
