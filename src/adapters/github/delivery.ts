/** Is a webhook delivery really from GitHub? Knows the current and the previous secret, so that rotation needs no gap. */
import { verify } from "@octokit/webhooks-methods";

/**
 * `rawBody` is what came over the wire, untouched; `signature` the X-Hub-Signature-256 header. Constant time per secret.
 * False for no secrets, so that a missing setting never opens the door.
 */
export async function verifyDelivery(
  rawBody: Uint8Array | string,
  signature: string | undefined,
  secrets: readonly string[],
): Promise<boolean> {
  if (signature === undefined || !/^sha256=[0-9a-f]{64}$/.test(signature)) return false;
  const body = typeof rawBody === "string" ? rawBody : new TextDecoder("utf-8", { ignoreBOM: true }).decode(rawBody);
  if (body === "") return false;
  let valid = false;
  for (const secret of secrets) {
    if (secret !== "" && (await verify(secret, body, signature))) valid = true;
  }
  return valid;
}
