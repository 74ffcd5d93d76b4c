/** Digests, name-based UUIDs, and RSA decryption. Pure computation; what draws random numbers stays unknown. */
import { constants, createHash, createPrivateKey, type KeyObject, privateDecrypt } from "node:crypto";
import { FunctionError, type TerraformFunction } from "../function.ts";
import { type TypedValue, unknownOf } from "../typed-value.ts";
import { STRING } from "../types.ts";
import { fromTexts, number, text } from "./define.ts";
import { decodeBase64, decodeUtf8 } from "./encoding.ts";

export type Digest = "md5" | "sha1" | "sha256" | "sha512";
export const digestOf = (data: string | Uint8Array, digest: Digest, encoding: "hex" | "base64"): string =>
  createHash(digest).update(data).digest(encoding);

const NAMESPACES: Readonly<Record<string, string>> = {
  dns: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
  url: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
  oid: "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
  x500: "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
};
const UUID = /^(?:urn:uuid:)?(\{)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\})?$/i;

function nameBasedUuid(namespace: string, name: string): string | FunctionError {
  const known = Object.hasOwn(NAMESPACES, namespace) ? NAMESPACES[namespace] : undefined;
  const hex = (known ?? UUID.exec(namespace)?.[2] ?? (/^[0-9a-f]{32}$/i.test(namespace) ? namespace : "")).replaceAll(
    "-",
    "",
  );
  if (hex === "") return new FunctionError(`uuidv5() doesn't support namespace ${namespace} (invalid UUID)`);
  const hash = createHash("sha1").update(Buffer.from(hex, "hex")).update(name).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function readKey(key: string): KeyObject | undefined {
  try {
    const parsed = createPrivateKey(key);
    return parsed.asymmetricKeyType === "rsa" ? parsed : undefined;
  } catch {
    return undefined; // Not a key: there is no way to ask first.
  }
}

/** PKCS #1 v1.5, its padding taken off here: Node refuses that padding, whose errors leak where they are timed. */
function decryptRsa(ciphertext: string, key: string): TypedValue | FunctionError {
  const bytes = decodeBase64(ciphertext);
  if (bytes === undefined)
    return new FunctionError(
      `failed to decode input ${JSON.stringify(ciphertext)}: cipher text must be base64-encoded`,
      0,
    );
  // OpenSSH's own key format is one that Node cannot read.
  if (key.includes("BEGIN OPENSSH PRIVATE KEY")) return unknownOf(STRING, { notNull: true });
  const privateKey = readKey(key);
  if (privateKey === undefined) return new FunctionError("invalid private key", 1);
  let plain: Uint8Array;
  try {
    plain = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, bytes);
  } catch {
    // OpenSSL says only by throwing that a text is not for a key.
    return new FunctionError("failed to decrypt: crypto/rsa: decryption error");
  }
  const separator = plain.indexOf(0, 2);
  if (plain[0] !== 0 || plain[1] !== 2 || separator < 10)
    return new FunctionError("failed to decrypt: crypto/rsa: decryption error");
  return (
    decodeUtf8(plain.subarray(separator + 1)) ?? new FunctionError("failed to decrypt: the result is not valid UTF-8")
  );
}

const random = (
  name: string,
  parameters: TerraformFunction["parameters"],
  variadic?: TerraformFunction["variadic"],
): TerraformFunction => ({
  name,
  parameters,
  ...(variadic && { variadic }),
  returns: STRING,
  call: () => unknownOf(STRING, { notNull: true }),
});

export const hashFunctions: readonly TerraformFunction[] = [
  ...(["md5", "sha1", "sha256", "sha512"] as const).map((digest) =>
    fromTexts(digest, ["str"], (value) => digestOf(value, digest, "hex")),
  ),
  fromTexts("base64sha256", ["str"], (value) => digestOf(value, "sha256", "base64")),
  fromTexts("base64sha512", ["str"], (value) => digestOf(value, "sha512", "base64")),
  random("bcrypt", [text("str")], number("cost")),
  {
    name: "rsadecrypt",
    parameters: [text("ciphertext"), text("privatekey")],
    returns: STRING,
    call: ([ciphertext, key]) => decryptRsa(String(ciphertext), String(key)),
  },
  random("uuid", []),
  fromTexts("uuidv5", ["namespace", "name"], nameBasedUuid),
];
