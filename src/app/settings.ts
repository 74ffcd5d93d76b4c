/** Settings from the environment, checked once at the start. NAME_FILE may name a file that holds NAME's value. */
import { z } from "zod";
import { Secret } from "./secret.ts";

export interface Settings {
  readonly role: Role;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly databaseUrl?: Secret;
  readonly auditKey?: Secret;
  readonly logLevel: string;
  readonly statusPassword?: Secret;
  readonly github: {
    readonly appId: string;
    readonly privateKey: Secret;
    readonly webhookSecrets: readonly Secret[];
    readonly baseUrl: string;
  };
  readonly twilio?: {
    readonly accountSid: string;
    readonly authToken: Secret;
    readonly from: string;
    readonly baseUrl?: string;
  };
  readonly sendgrid?: { readonly apiKey: Secret; readonly from: string; readonly baseUrl?: string };
  readonly gemini?: {
    readonly apiKey: Secret;
    readonly model: string;
    readonly dailyRequests: number;
    readonly baseUrl?: string;
  };
  readonly terraformBinary?: string;
  readonly stateDir?: string;
  readonly retentionDays: number;
}

export type Role = "all" | "web" | "worker";

/** One thing wrong or missing in the environment, with what to do about it. */
export interface SettingProblem {
  readonly name: string;
  readonly problem: string;
  readonly remedy: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const loopback = (url: string): boolean => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
const url = z.url({ protocol: /^https?$/, error: "is not a http(s) URL" });
/** Where a service is reached can only be changed to this machine: a key must not be sent to somebody else's server. */
const standIn = url.refine(loopback, "may only point at this machine (127.0.0.1, localhost)");

const schema = z.object({
  APP_ID: z.string().regex(/^\d+$/, "must be the number of your GitHub App"),
  PRIVATE_KEY: z.string().transform(privateKey),
  WEBHOOK_SECRET: z.string().refine((s) => Buffer.byteLength(s) >= 32, "is shorter than 32 bytes"),
  WEBHOOK_SECRET_PREVIOUS: z
    .string()
    .refine((s) => Buffer.byteLength(s) >= 32, "is shorter than 32 bytes")
    .optional(),
  GITHUB_API_URL: url.default("https://api.github.com"),
  HOST: z.string().default("localhost"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  DRACO_PUBLIC_URL: url.optional(),
  DRACO_DATA_DIR: z.string().default(".draco"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")
    .optional(),
  DRACO_AUDIT_KEY: z
    .string()
    .refine((s) => Buffer.byteLength(s) >= 32, "is shorter than 32 bytes")
    .optional(),
  DRACO_STATUS_PASSWORD: z.string().min(12, "is shorter than 12 characters").optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  TWILIO_ACCOUNT_SID: z.string().startsWith("AC", "must start with AC").optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  TWILIO_FROM: z.string().optional(),
  TWILIO_BASE_URL: standIn.optional(),
  SENDGRID_API_KEY: z.string().optional(),
  SENDGRID_FROM: z.email("must be an e-mail address").optional(),
  SENDGRID_BASE_URL: standIn.optional(),
  GEMINI_API_KEY: z.string().optional(),
  GEMINI_BASE_URL: standIn.optional(),
  DRACO_GEMINI_MODEL: z.string().default("gemini-3.8-flash"),
  DRACO_GEMINI_PAID_TIER: z.string().optional(),
  DRACO_GEMINI_DAILY_REQUESTS: z.coerce.number().int().positive().default(200),
  DRACO_TERRAFORM: z.string().optional(),
  DRACO_STATE_DIR: z.string().optional(),
  DRACO_RETENTION_DAYS: z.coerce.number().int().min(1).default(90),
});

type Environmental = z.infer<typeof schema>;

/** What each setting is for: printed by `draco start` when it is missing, and by `draco doctor`. */
export const REMEDIES: Readonly<Record<string, string>> = {
  APP_ID: "the number of your GitHub App (its settings page, 'App ID')",
  PRIVATE_KEY: "the App's private key: PEM text, base64 of it, or PRIVATE_KEY_FILE=/path/to/key.pem",
  WEBHOOK_SECRET: "at least 32 random bytes, the same as in the App's settings: openssl rand -hex 32",
  DRACO_AUDIT_KEY: "at least 32 random bytes that sign the history; needed with DATABASE_URL: openssl rand -hex 32",
  DRACO_PUBLIC_URL: "the https address under which GitHub and Twilio reach this server",
  DRACO_GEMINI_PAID_TIER:
    "'acknowledged', once you know that GEMINI_API_KEY is on a paid tier: Google may use prompts of unpaid keys to improve its products",
  TWILIO_AUTH_TOKEN: "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM go together",
  SENDGRID_FROM: "SENDGRID_API_KEY and SENDGRID_FROM (a verified sender) go together",
};

export function readSettings(
  environment: Environment,
  role: Role,
  readFile: (path: string) => string,
): { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problems: SettingProblem[] } {
  const { values, problems } = withFiles(environment, readFile);
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      problems.push(
        complain(name, values[name] === undefined ? "is not set" : issue.message.replace(/^Invalid input: /, "")),
      );
    }
    return { ok: false, problems };
  }
  problems.push(...inconsistencies(parsed.data));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: toSettings(parsed.data, role) };
}

function inconsistencies(env: Environmental): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const twilio = [env.TWILIO_ACCOUNT_SID, env.TWILIO_AUTH_TOKEN, env.TWILIO_FROM];
  if (twilio.some(Boolean) && !twilio.every(Boolean))
    problems.push(complain("TWILIO_AUTH_TOKEN", "is only half set up"));
  if (Boolean(env.SENDGRID_API_KEY) !== Boolean(env.SENDGRID_FROM)) {
    problems.push(complain("SENDGRID_FROM", "is only half set up"));
  }
  if (env.GEMINI_API_KEY && env.DRACO_GEMINI_PAID_TIER !== "acknowledged") {
    problems.push(complain("DRACO_GEMINI_PAID_TIER", "is needed with GEMINI_API_KEY"));
  }
  if (env.DATABASE_URL && !env.DRACO_AUDIT_KEY)
    problems.push(complain("DRACO_AUDIT_KEY", "is needed with DATABASE_URL"));
  if (env.TWILIO_ACCOUNT_SID && !env.DRACO_PUBLIC_URL) {
    problems.push(complain("DRACO_PUBLIC_URL", "is needed to check the signatures of incoming SMS"));
  }
  return problems;
}

function toSettings(env: Environmental, role: Role): Settings {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, TWILIO_FROM: from } = env;
  return {
    role,
    host: env.HOST,
    port: env.PORT,
    publicUrl: (env.DRACO_PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`).replace(/\/$/, ""),
    dataDir: env.DRACO_DATA_DIR,
    ...(env.DATABASE_URL && { databaseUrl: new Secret(env.DATABASE_URL) }),
    ...(env.DRACO_AUDIT_KEY && { auditKey: new Secret(env.DRACO_AUDIT_KEY) }),
    logLevel: env.LOG_LEVEL,
    retentionDays: env.DRACO_RETENTION_DAYS,
    ...(env.DRACO_STATUS_PASSWORD && { statusPassword: new Secret(env.DRACO_STATUS_PASSWORD) }),
    github: {
      appId: env.APP_ID,
      privateKey: new Secret(env.PRIVATE_KEY),
      webhookSecrets: [env.WEBHOOK_SECRET, env.WEBHOOK_SECRET_PREVIOUS]
        .filter((s) => s !== undefined)
        .map((s) => new Secret(s)),
      baseUrl: env.GITHUB_API_URL.replace(/\/$/, ""),
    },
    ...(sid &&
      token &&
      from && {
        twilio: {
          accountSid: sid,
          authToken: new Secret(token),
          from,
          ...(env.TWILIO_BASE_URL && { baseUrl: env.TWILIO_BASE_URL }),
        },
      }),
    ...(env.SENDGRID_API_KEY &&
      env.SENDGRID_FROM && {
        sendgrid: {
          apiKey: new Secret(env.SENDGRID_API_KEY),
          from: env.SENDGRID_FROM,
          ...(env.SENDGRID_BASE_URL && { baseUrl: env.SENDGRID_BASE_URL }),
        },
      }),
    ...(env.GEMINI_API_KEY && {
      gemini: {
        apiKey: new Secret(env.GEMINI_API_KEY),
        model: env.DRACO_GEMINI_MODEL,
        dailyRequests: env.DRACO_GEMINI_DAILY_REQUESTS,
        ...(env.GEMINI_BASE_URL && { baseUrl: env.GEMINI_BASE_URL }),
      },
    }),
    ...(env.DRACO_TERRAFORM && { terraformBinary: env.DRACO_TERRAFORM }),
    ...(env.DRACO_STATE_DIR && { stateDir: env.DRACO_STATE_DIR }),
  };
}

/** Empty counts as not set. NAME_FILE (and Probot's PRIVATE_KEY_PATH) gives NAME from a file. */
function withFiles(environment: Environment, readFile: (path: string) => string) {
  const values: Record<string, string> = {};
  const problems: SettingProblem[] = [];
  for (const name of Object.keys(schema.shape)) {
    const given = environment[name];
    const file = environment[`${name}_FILE`] ?? (name === "PRIVATE_KEY" ? environment.PRIVATE_KEY_PATH : undefined);
    if (given) values[name] = given;
    else if (file) {
      try {
        values[name] = readFile(file).trim();
      } catch {
        problems.push({ name, problem: `cannot be read from ${file}`, remedy: "check the path and its permissions" });
      }
    }
  }
  return { values, problems };
}

/** PEM text, PEM with literal \n, or base64 of PEM. Anything else is not a private key. */
function privateKey(text: string, context: z.RefinementCtx): string {
  const candidates = [text, text.replaceAll("\\n", "\n"), Buffer.from(text, "base64").toString("utf8")];
  const pem = candidates.find((c) => /^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]+-----END/.test(c.trim()));
  if (pem !== undefined) return pem.trim();
  context.addIssue({ code: "custom", message: "is not a PEM private key" });
  return z.NEVER;
}

const complain = (name: string, problem: string): SettingProblem => ({
  name,
  problem,
  remedy: REMEDIES[name] ?? "see README.md, 'Configuration'",
});
