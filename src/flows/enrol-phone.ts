/** Ties a phone to a GitHub user: the operator names both, the owner of the phone proves it with a code. */
import { randomBytes } from "node:crypto";
import parsePhoneNumber from "libphonenumber-js/min";
import { CODE_BYTES, formatCode, hashCode } from "../core/approve/code.ts";
import type { Deps } from "./deps.ts";

const VALID_MS = 10 * 60_000;

export type Enrolment =
  | { readonly ok: true; readonly phoneId: string; readonly e164: string }
  | { readonly ok: false; readonly reason: string };

type Needs = Pick<Deps, "store" | "now" | "key">;

/** Sends the code. The number counts only once `confirmPhone` was told it. */
export async function enrolPhone(
  deps: Needs,
  who: { readonly githubId: number; readonly login: string; readonly number: string },
): Promise<Enrolment> {
  const parsed = parsePhoneNumber(who.number);
  if (!parsed?.isValid())
    return { ok: false, reason: `${who.number} is not a telephone number; write it as +41791234567.` };
  const actor = await deps.store.actors.ensure({ githubId: who.githubId, login: who.login });
  const code = formatCode(randomBytes(CODE_BYTES));
  const phone = await deps.store.phones.enrol({
    actorId: actor.id,
    e164: parsed.number,
    codeHash: hashCode(deps.key, code),
    expiresAt: new Date(deps.now().getTime() + VALID_MS),
  });
  if (!phone) return { ok: false, reason: "That number is somebody else's." };
  await deps.store.outbox.add({
    idempotencyKey: `sms:enrol:${phone.id}`,
    channel: "sms",
    payload: {
      to: phone.e164,
      body: `Draco: to enrol this phone for ${who.login}, give ${code} to your operator within 10 min. Never share it with anyone else. Msg rates may apply.`,
    },
  });
  return { ok: true, phoneId: phone.id, e164: phone.e164 };
}

/** "wrong" counts as a bad try; five lock the phone for an hour. */
export async function confirmPhone(
  deps: Needs,
  phoneId: string,
  code: string,
): Promise<"verified" | "wrong" | "locked"> {
  const normal = code
    .trim()
    .toUpperCase()
    .replace(/^(\d{4})[\s-]?/, "$1-");
  const outcome = await deps.store.phones.verify(phoneId, hashCode(deps.key, normal));
  if (outcome === "wrong") await deps.store.phones.badTry(phoneId);
  return outcome;
}
