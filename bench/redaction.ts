/** What the detector finds and what it takes for something: a corpus made anew on each run, nothing secret is stored. */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { findSensitive } from "../src/core/fix/redact/detect.ts";

const from = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const alnum = (length: number): string => from(ALNUM, length);
const digits = (length: number): string => String(randomInt(1, 10)) + from("0123456789", length - 1);
const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
const word = (): string => from("abcdefghijklmnopqrstuvwxyz", 8);

/** Kinds of values that must be found, at least this share of them. */
const WANTED: readonly { readonly name: string; readonly least: number; readonly make: () => string }[] = [
  { name: "AWS key id", least: 0.99, make: () => `AKIA${from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}` },
  { name: "AWS secret key", least: 0.9, make: () => from(`${ALNUM}/+`, 40) },
  { name: "GitHub token", least: 0.99, make: () => `ghp_${alnum(36)}` },
  { name: "GitHub fine-grained", least: 0.99, make: () => `github_pat_${alnum(22)}_${alnum(59)}` },
  { name: "GitLab token", least: 0.99, make: () => `glpat-${alnum(20)}` },
  { name: "Slack token", least: 0.99, make: () => `xoxb-${digits(12)}-${digits(12)}-${alnum(24)}` },
  {
    name: "Slack webhook",
    least: 0.99,
    make: () => `https://hooks.slack.com/services/T${alnum(8)}/B${alnum(8)}/${alnum(24)}`,
  },
  { name: "Google API key", least: 0.99, make: () => `AIza${alnum(35)}` },
  { name: "Google access token", least: 0.99, make: () => `ya29.${alnum(60)}` },
  { name: "SendGrid key", least: 0.99, make: () => `SG.${alnum(22)}.${alnum(43)}` },
  { name: "Twilio key", least: 0.99, make: () => `SK${hex(16)}` },
  { name: "Stripe key", least: 0.99, make: () => `sk_live_${alnum(24)}` },
  { name: "OpenAI key", least: 0.99, make: () => `sk-proj-${alnum(48)}` },
  { name: "npm token", least: 0.99, make: () => `npm_${alnum(36)}` },
  { name: "DigitalOcean token", least: 0.99, make: () => `dop_v1_${hex(32)}` },
  { name: "Vault token", least: 0.99, make: () => `hvs.${alnum(24)}` },
  { name: "Terraform Cloud token", least: 0.99, make: () => `${alnum(14)}.atlasv1.${alnum(67)}` },
  { name: "JWT", least: 0.99, make: () => `eyJ${alnum(20)}.eyJ${alnum(40)}.${alnum(43)}` },
  { name: "URL with a password", least: 0.99, make: () => `postgres://${word()}:${alnum(12)}@db:5432/x` },
  { name: "hex of 32 bytes", least: 0.9, make: () => hex(32) },
  { name: "random base64", least: 0.9, make: () => randomBytes(33).toString("base64") },
  { name: "e-mail", least: 0.995, make: () => `${word()}.${word()}@${word()}.com` },
  { name: "ARN", least: 0.995, make: () => `arn:aws:iam::${digits(12)}:role/${word()}` },
  { name: "account", least: 0.995, make: () => digits(12) },
  { name: "GUID", least: 0.995, make: () => randomUUID() },
  { name: "public IPv4", least: 0.995, make: () => `45.${randomInt(1, 255)}.${randomInt(255)}.${randomInt(1, 255)}` },
  { name: "resource id", least: 0.995, make: () => `vpc-0${hex(8)}` },
  { name: "host", least: 0.995, make: () => `${word()}.${word()}.com` },
];

const CONTEXTS: readonly ((value: string) => string)[] = [
  (value) => `  setting = "${value}"`,
  (value) => `  setting = <<EOT\nfirst line\n${value}\nlast line\nEOT`,
  (value) => `setting: ${value}\nother: 1`,
  (value) => `  setting = jsonencode({ "a": "${value}" })`,
];

/** Looks like something, and is everybody's. */
const HARMLESS: readonly (() => string)[] = [
  () => `v${randomInt(20)}.${randomInt(20)}.${randomInt(20)}`,
  () => "arn:aws:iam::aws:policy/ReadOnlyAccess",
  () => `10.${randomInt(255)}.${randomInt(255)}.0/24`,
  () => "0.0.0.0/0",
  () => `\${var.${word()}_${word()}}`,
  () => `aws_s3_bucket.${word()}_${word()}.arn`,
  () => "ELBSecurityPolicy-TLS13-1-2-2021-06",
  () => `${word()}-${word()}-${word()}-production`,
  () => "ec2.amazonaws.com",
  () => `roles/storage.${word()}Viewer`,
  () => "AmazonEKSWorkerNodePolicyForProduction",
  () => `cron(${randomInt(60)} 12 * * ? *)`,
];

/** @returns whether every class reaches its goal and at most 5 % of what is harmless is taken for something. */
export function benchRedaction(rounds = 100): boolean {
  const rows = WANTED.map(({ name, least, make }) => {
    let found = 0;
    let exact = 0;
    for (let i = 0; i < rounds; i++) {
      const value = make();
      const text = (CONTEXTS[i % CONTEXTS.length] ?? String)(value);
      const at = text.indexOf(value);
      const hits = findSensitive(text).filter((hit) => hit.start < at + value.length && at < hit.end);
      if (hits.some((hit) => hit.start <= at && hit.end >= at + value.length)) found++;
      if (hits.length === 1 && hits[0]?.value === value) exact++;
    }
    return { class: name, tried: rounds, recall: found / rounds, "exact spans": exact / rounds, goal: least };
  });
  console.table(rows);
  const harmless = Array.from({ length: rounds * 3 }, (_, i) => (HARMLESS[i % HARMLESS.length] ?? String)());
  const wrong = harmless.filter((value, i) => findSensitive((CONTEXTS[i % 4] ?? String)(value)).length > 0);
  console.log(
    `harmless: ${wrong.length} of ${harmless.length} taken for something ${[...new Set(wrong)].slice(0, 5).join(" ")}`,
  );
  return rows.every((row) => row.recall >= row.goal) && wrong.length / harmless.length <= 0.05;
}
