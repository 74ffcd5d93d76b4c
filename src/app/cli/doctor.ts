/** `draco doctor`: looks at everything Draco needs, and says what to do about each red line. Changes nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import { parse } from "yaml";
import { packageRoot } from "../package-root.ts";
import { readSettings, type Settings } from "../settings.ts";
import { newCommand, runCommand } from "./command.ts";
import { openHere, whereIs } from "./database-options.ts";
import { type Io, screenOf } from "./io.ts";

export interface Check {
  readonly name: string;
  readonly state: "good" | "warn" | "bad" | "off";
  readonly detail: string;
  readonly remedy?: string;
}

export async function doctor(args: readonly string[], io: Io): Promise<number> {
  let json = false;
  const command = newCommand("draco doctor", io, "Checks the environment, the database and every service.", [
    "draco doctor",
    "draco doctor --json",
  ])
    .option("--json", "one JSON array")
    .action((options: { json?: boolean }) => {
      json = options.json === true;
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;

  const checks: Check[] = [nodeCheck(process.versions.node)];
  const read = readSettings(io.env, "all", (path) => readFileSync(path, "utf8"));
  if (!read.ok) for (const p of read.problems) checks.push(bad(p.name, p.problem, p.remedy));
  checks.push(await databaseCheck(io));
  if (read.ok) checks.push(...(await serviceChecks(read.settings)));
  checks.push(await terraformCheck(io));
  io.out(json ? `${JSON.stringify(checks, null, 2)}\n` : render(checks, screenOf(io, io.outIsTerminal).colour));
  return checks.some((check) => check.state === "bad") ? 1 : 0;
}

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  return fits ? good("Node", version) : bad("Node", `${version} is not supported`, "install Node 20.19+, 22.12+ or 24");
}

async function databaseCheck(io: Io): Promise<Check> {
  const name = "Database";
  try {
    const [{ pendingMigrations }, database] = await Promise.all([
      import("../../adapters/store/migrate.ts"),
      openHere(io),
    ]);
    try {
      const pending = await pendingMigrations(database);
      return pending.length === 0
        ? good(name, `${whereIs(io)}, migrations applied`)
        : warn(
            name,
            `${whereIs(io)}, ${pending.length} migration(s) missing`,
            "draco start applies them; or run: draco migrate",
          );
    } finally {
      await database.close();
    }
  } catch (error) {
    return bad(
      name,
      message(error),
      "check DATABASE_URL (or DRACO_DATA_DIR), and that no other Draco uses that folder",
    );
  }
}

async function serviceChecks(settings: Settings): Promise<Check[]> {
  const [github, twilio, sendgrid] = await Promise.all([
    githubChecks(settings),
    settings.twilio ? twilioCheck(settings.twilio) : off("Twilio", "SMS is off: TWILIO_* is not set"),
    settings.sendgrid ? sendgridCheck(settings.sendgrid) : off("SendGrid", "e-mail is off: SENDGRID_* is not set"),
  ]);
  const gemini = settings.gemini
    ? await geminiCheck(settings.gemini)
    : off("Gemini", "AI is off: GEMINI_API_KEY is not set; built-in fixers work on");
  return [...github, twilio, sendgrid, gemini];
}

async function githubChecks(settings: Settings): Promise<Check[]> {
  const { openGitHub } = await import("../../adapters/github/open.ts");
  const github = openGitHub({
    appId: settings.github.appId,
    privateKey: settings.github.privateKey.reveal(),
    baseUrl: settings.github.baseUrl,
    retries: 0,
  });
  try {
    const app = await github.app();
    const installations = await github.installations();
    return [
      good("GitHub App", `${app.slug} (${app.id})`),
      permissionCheck(app.permissions),
      installations.length > 0
        ? good("Installations", installations.map((i) => i.accountLogin).join(", "))
        : warn("Installations", "none yet", `install the App on your organisation: its settings page, "Install App"`),
    ];
  } catch (error) {
    return [bad("GitHub App", message(error), "check APP_ID, PRIVATE_KEY and that this machine reaches GitHub")];
  }
}

/** Compares what the App was given with app.yml, the least that Draco needs. */
function permissionCheck(has: Readonly<Record<string, string>>): Check {
  const manifest = parse(readFileSync(join(packageRoot(), "app.yml"), "utf8")) as {
    default_permissions: Record<string, string>;
  };
  const missing = Object.entries(manifest.default_permissions).filter(
    ([name, level]) => has[name] !== level && has[name] !== "write" && has[name] !== "admin",
  );
  return missing.length === 0
    ? good("Permissions", "all that app.yml names")
    : bad(
        "Permissions",
        `missing: ${missing.map(([name, level]) => `${name}: ${level}`).join(", ")}`,
        "grant them on the App's settings page, then accept them on each installation",
      );
}

async function twilioCheck(twilio: NonNullable<Settings["twilio"]>): Promise<Check> {
  const { openTwilio } = await import("../../adapters/twilio/open.ts");
  try {
    const client = openTwilio({ ...twilio, authToken: twilio.authToken.reveal() });
    return good("Twilio", `account ${(await client.check()).status}, from ${twilio.from}`);
  } catch (error) {
    return bad("Twilio", message(error), "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN");
  }
}

async function sendgridCheck(sendgrid: NonNullable<Settings["sendgrid"]>): Promise<Check> {
  const { openSendGrid } = await import("../../adapters/sendgrid/open.ts");
  try {
    const { scopes } = await openSendGrid({ ...sendgrid, apiKey: sendgrid.apiKey.reveal() }).check();
    return scopes.includes("mail.send")
      ? good("SendGrid", `may send, from ${sendgrid.from}`)
      : bad("SendGrid", "the key may not send mail", "give the API key the permission Mail Send");
  } catch (error) {
    return bad("SendGrid", message(error), "check SENDGRID_API_KEY");
  }
}

/** Asks for the smallest answer there is: nothing of yours is in the question. */
async function geminiCheck(gemini: NonNullable<Settings["gemini"]>): Promise<Check> {
  const { openGemini } = await import("../../adapters/gemini/open.ts");
  const model = openGemini({ apiKey: gemini.apiKey.reveal(), ...(gemini.baseUrl && { baseUrl: gemini.baseUrl }) });
  const answer = await model.generate({
    system: "Answer with the word ok.",
    prompt: "ok?",
    schema: { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] },
    model: gemini.model,
  });
  if (answer.ok) return good("Gemini", `${gemini.model} answers`);
  return bad("Gemini", answer.failure.detail, "check GEMINI_API_KEY and DRACO_GEMINI_MODEL");
}

async function terraformCheck(io: Io): Promise<Check> {
  const [{ findTerraform }, { openTerraform }] = await Promise.all([
    import("../../adapters/terraform/find.ts"),
    import("../../adapters/terraform/open.ts"),
  ]);
  const binary = findTerraform(io.env.DRACO_TERRAFORM);
  if (!binary) {
    return warn(
      "Terraform",
      "no terraform or tofu on the PATH",
      "install one where roots are to be applied; until then applies are recorded as skipped",
    );
  }
  const { name, version } = await openTerraform({ binary }).version();
  return good("Terraform", `${name} ${version}`);
}

export function render(checks: readonly Check[], colour: boolean): string {
  const paint = pc.createColors(colour);
  const mark = {
    good: paint.green("ok  "),
    warn: paint.yellow("warn"),
    bad: paint.red("bad "),
    off: paint.dim("off "),
  };
  const width = Math.max(...checks.map((c) => c.name.length));
  const lines = checks.map((c) => {
    const remedy = c.remedy ? `\n${" ".repeat(width + 7)}${paint.dim(`-> ${c.remedy}`)}` : "";
    return `${mark[c.state]}  ${c.name.padEnd(width)} ${c.detail}${remedy}`;
  });
  return `${lines.join("\n")}\n`;
}

const good = (name: string, detail: string): Check => ({ name, state: "good", detail });
const off = (name: string, detail: string): Check => ({ name, state: "off", detail });
const warn = (name: string, detail: string, remedy: string): Check => ({ name, state: "warn", detail, remedy });
const bad = (name: string, detail: string, remedy: string): Check => ({ name, state: "bad", detail, remedy });
const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
