import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { verifyDelivery } from "../../../src/adapters/github/delivery.ts";

const NOW = "the secret of today, with more than 32 bytes";
const BEFORE = "the secret of last month, also long enough";
const BODY = '{"action":"opened","é":"🙂"}';
const signed = (secret: string, body: string | Uint8Array = BODY) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

describe("a delivery", () => {
  it("is accepted with the present and with the previous secret", async () => {
    expect(await verifyDelivery(BODY, signed(NOW), [NOW, BEFORE])).toBe(true);
    expect(await verifyDelivery(Buffer.from(BODY), signed(BEFORE), [NOW, BEFORE])).toBe(true);
  });

  it("keeps a byte order mark, which was signed too", async () => {
    const bytes = Buffer.from(`\ufeff${BODY}`);
    expect(await verifyDelivery(bytes, signed(NOW, bytes), [NOW])).toBe(true);
  });

  it.each<[string, string | Uint8Array, string | undefined, string[]]>([
    ["no signature", BODY, undefined, [NOW]],
    ["an empty one", BODY, "", [NOW]],
    ["another secret", BODY, signed("x".repeat(40)), [NOW, BEFORE]],
    ["Probot's well-known secret", BODY, signed("development"), [NOW]],
    ["a changed body", `${BODY} `, signed(NOW), [NOW]],
    ["SHA-1", BODY, signed(NOW).replace("sha256", "sha1"), [NOW]],
    ["capital letters", BODY, signed(NOW).toUpperCase(), [NOW]],
    ["no secrets at all", BODY, signed(""), []],
    ["an empty secret", BODY, signed(""), [""]],
    ["an empty body", "", signed(NOW, ""), [NOW]],
    [
      "bytes that are no text",
      new Uint8Array([0xff, 0xfe, 0x80]),
      signed(NOW, "\ufffd\ufffd\ufffd").slice(0, -1),
      [NOW],
    ],
  ])("is refused with %s", async (_, body, signature, secrets) => {
    expect(await verifyDelivery(body, signature, secrets)).toBe(false);
  });
});
