/** Texts of SMS and e-mail. Nothing secret, no account ids, no links out but the pull request. Pure. */
import type { Severity } from "../model/finding.ts";
import { plainText } from "./neutralise.ts";

export interface AskFacts {
  /** owner/name */
  readonly repository: string;
  readonly pullRequest: number;
  readonly planId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly risk: string;
  readonly code: string;
  /** Clock time with zone: "14:30Z". */
  readonly expires: string;
}

/** At most 306 GSM-7 characters, two segments, whatever the names are. */
export function askBySms(facts: AskFacts): string {
  const head = `Draco ${ascii(facts.repository, 60)}#${facts.pullRequest} ${facts.severity.toUpperCase()} ${ascii(facts.title, 80)}, ${ascii(facts.risk, 20)}.`;
  return `${head} Plan ${facts.planId}. Reply: OK ${facts.code} or NO ${facts.code}. Exp ${facts.expires}`;
}

export type SmsOutcome =
  | {
      readonly kind: "approved" | "denied" | "stale" | "expired";
      readonly planId: string;
      readonly repository: string;
      readonly pullRequest: number;
    }
  | { readonly kind: "no-match"; readonly triesLeft: number }
  | { readonly kind: "locked"; readonly until: string }
  | {
      readonly kind: "applied" | "failed";
      readonly planId: string;
      readonly repository: string;
      readonly pullRequest: number;
    };

export function answerBySms(outcome: SmsOutcome): string {
  switch (outcome.kind) {
    case "no-match":
      return `Draco: no open request matches that reply. ${outcome.triesLeft} tries left before SMS approval locks for 60 min.`;
    case "locked":
      return `Draco: SMS approval for this number is LOCKED until ${outcome.until} after too many bad codes. Not you? Call your admin.`;
    default: {
      const where = `${ascii(outcome.repository, 60)}#${outcome.pullRequest}`;
      const said = {
        approved: "approved by your reply. It will now be applied and verified",
        denied: "denied by your reply. Nothing was changed",
        stale: "is stale (new commit or plan). Approval void, nothing changed",
        expired: "has expired. Nothing was changed",
        applied: "applied and verified clean",
        failed: "apply FAILED. Nothing will be retried without a new approval",
      }[outcome.kind];
      return `Draco: ${outcome.planId} ${said}. ${where}`;
    }
  }
}

export interface MailFacts {
  readonly repository: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  readonly link?: string;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** One column, no remote images, readable at 320 px; the plain twin says the same. */
export function renderMail(facts: MailFacts): MailText {
  const subject = plainText(`[Draco] ${facts.repository}: ${facts.subject}`, 150);
  const rows = facts.rows.map((r) => ({ label: plainText(r.label, 60), value: plainText(r.value, 300) }));
  const paragraphs = facts.paragraphs.map((p) => plainText(p, 1_000));
  const footer =
    "Sent by your own Draco. E-mail approves nothing: use the pull request, or the SMS if you are enrolled.";
  return {
    subject,
    text: [...paragraphs, rows.map((r) => `${r.label}: ${r.value}`).join("\n"), facts.link ?? "", footer]
      .filter((s) => s !== "")
      .join("\n\n"),
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(subject)}</title></head>
<body style="margin:0;background:#f4f5f7"><div style="max-width:560px;margin:0 auto;padding:16px;font:16px/1.5 system-ui,sans-serif;color:#1c2430">
<div style="background:#fff;border:1px solid #dde1e7;border-radius:8px;padding:20px">
<h1 style="font-size:18px;margin:0 0 12px">${html(plainText(facts.subject, 150))}</h1>
${paragraphs.map((p) => `<p style="margin:0 0 12px">${html(p)}</p>`).join("\n")}
<table role="presentation" style="width:100%;border-collapse:collapse;margin:0 0 12px">
${rows.map((r) => `<tr><td style="padding:6px 8px 6px 0;color:#5b6675;vertical-align:top;white-space:nowrap">${html(r.label)}</td><td style="padding:6px 0;word-break:break-word">${html(r.value)}</td></tr>`).join("\n")}
</table>
${facts.link ? `<p style="margin:0"><a href="${html(facts.link)}" style="color:#1a56b8">Open the pull request</a></p>` : ""}
</div><p style="font-size:12px;color:#5b6675">${html(footer)}</p></div></body></html>`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const html = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

/** Printable ASCII without the characters that GSM-7 lacks or doubles (backtick, ^ { } \ [ ] ~ |). */
const ascii = (text: string, most: number): string =>
  plainText(
    text
      .normalize("NFKD")
      .replace(/[^\x20-\x7e]/g, "")
      .replace(/[`^{}\\[\]~|]/g, ""),
    most,
  ).replace("…", ".");
