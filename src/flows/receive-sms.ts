/** An SMS at the door: checked against the configured public URL, stored with its job, answered with nothing. */
import type { Store } from "../adapters/store/store.ts";
import type { Form, Twilio } from "../adapters/twilio/types.ts";

export type SmsReceived = { readonly kind: "unsigned" } | { readonly kind: "twiml"; readonly body: string };

const NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

export async function receiveSms(
  deps: { readonly store: Store; readonly sms: Twilio },
  request: { readonly signature: string; readonly url: string; readonly form: Form },
): Promise<SmsReceived> {
  const { signature, url, form } = request;
  if (!deps.sms.validateInbound({ signature, publicUrl: url, params: form })) return { kind: "unsigned" };
  const message = deps.sms.parseInbound(form);
  if (message?.optOut === "STOP") await deps.store.phones.optOut(message.from);
  else if (message?.optOut === "START") await deps.store.phones.optIn(message.from);
  else if (message) {
    await deps.store.messages.accept({
      sid: message.messageSid,
      fromNumber: message.from,
      toNumber: message.to,
      body: message.body.slice(0, 1600),
    });
  }
  return { kind: "twiml", body: NO_REPLY };
}
