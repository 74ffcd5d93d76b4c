/** Sends one message of the outbox. What a provider may have taken is never sent again by itself. */
import { AdapterError, Refused, Unreachable } from "../adapters/errors.ts";
import type { Repo } from "../adapters/github/types.ts";
import type { Outgoing } from "../adapters/store/outbox.ts";
import type { Deps } from "./deps.ts";

export async function sendMessage(deps: Deps, job: { readonly outboxId: string }): Promise<void> {
  const message = await deps.store.outbox.claim(job.outboxId);
  if (!message) return;
  try {
    await deps.store.outbox.sent(message.id, await hand(deps, message));
  } catch (error) {
    await failed(deps, message, error);
  }
}

/** Returns the provider's own id. */
async function hand(deps: Deps, message: Outgoing): Promise<string> {
  const p = message.payload;
  switch (message.channel) {
    case "sms":
      if (!deps.sms) throw new Refused("Twilio", "SMS is not set up", "off");
      return deps.sms.sendSms({ to: String(p.to), body: String(p.body) });
    case "email":
      if (!deps.mail) throw new Refused("SendGrid", "e-mail is not set up", "off");
      return deps.mail.sendMail({
        id: message.id,
        to: String(p.to),
        subject: String(p.subject),
        text: String(p.text),
        html: String(p.html),
      });
    case "github":
      return String(await deps.github.comment(p.repository as Repo, Number(p.issue), String(p.body)));
  }
}

/**
 * What certainly did not arrive is tried again. An SMS or e-mail whose answer never came may have: it is given up on
 * aloud, since neither provider takes an idempotency key. A comment twice is better than a comment lost.
 */
async function failed(deps: Deps, message: Outgoing, error: unknown): Promise<void> {
  const text = error instanceof Error ? error.message : String(error);
  const doubtful = message.channel !== "github" && error instanceof Unreachable && error.mayHaveArrived;
  const final = doubtful || (error instanceof AdapterError && !error.retryable);
  if (error instanceof Refused && error.code === "21610") await deps.store.phones.optOut(String(message.payload.to));
  const again = await deps.store.outbox.failed(message.id, text, { final });
  deps.log.warn(
    { outbox: message.id, channel: message.channel, again: again?.toISOString(), error: text },
    "message not sent",
  );
}
