/** `draco phones enrol`: the operator enrols an approver's phone; its owner proves it by reading out a code. */
import { readFileSync } from "node:fs";
import pino from "pino";
import { confirmPhone, enrolPhone } from "../../flows/enrol-phone.ts";
import { sendMessage } from "../../flows/send-message.ts";
import { readSettings } from "../settings.ts";
import { newCommand, runCommand } from "./command.ts";
import { type Io, UserError } from "./io.ts";
import { explain } from "./start.ts";

export async function phones(args: readonly string[], io: Io): Promise<number> {
  let wanted: { login: string; number: string } | undefined;
  const command = newCommand("draco phones", io, "Enrols phones of approvers, for approval by SMS.", [
    "draco phones enrol alice +41791234567",
  ]);
  command
    .command("enrol <login> <number>")
    .description("send a code to the number, and ask for it here")
    .action((login: string, number: string) => {
      wanted = { login, number };
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;
  if (!wanted) {
    io.err(command.helpInformation());
    return 2;
  }
  return enrol(wanted, io);
}

async function enrol({ login, number }: { login: string; number: string }, io: Io): Promise<number> {
  const read = readSettings(io.env, "worker", (path) => readFileSync(path, "utf8"));
  if (!read.ok) throw new UserError(explain(read.problems));
  if (!read.settings.twilio)
    throw new UserError("SMS is not set up: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM.");
  const { compose } = await import("../compose.ts");
  const { deps, close } = await compose(read.settings, pino({ level: "warn" }, pino.destination(2)));
  try {
    const githubId = await deps.github.userId(login.replace(/^@/, ""));
    if (githubId === undefined) throw new UserError(`GitHub knows no user ${login}.`);
    const enrolment = await enrolPhone(deps, { githubId, login: login.replace(/^@/, ""), number });
    if (!enrolment.ok) throw new UserError(enrolment.reason);
    for (const message of await deps.store.outbox.list({ limit: 20 })) {
      if (message.state === "pending" && message.payload.to === enrolment.e164)
        await sendMessage(deps, { outboxId: message.id });
    }
    const code = await io.ask(`A code was sent to ${enrolment.e164}. The code: `);
    if (code === "") throw new UserError("This needs a terminal: the code is asked for here.");
    const outcome = await confirmPhone(deps, enrolment.phoneId, code);
    if (outcome !== "verified")
      throw new UserError(
        outcome === "locked" ? "Too many bad codes; the phone is locked for an hour." : "That is not the code.",
      );
    io.out(
      `${enrolment.e164} is enrolled for ${login}. They can approve by SMS where a repository's policy has approve.sms: true.\n`,
    );
    return 0;
  } finally {
    await close();
  }
}
