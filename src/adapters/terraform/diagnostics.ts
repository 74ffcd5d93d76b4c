/** What Terraform says went wrong, from its JSON lines or its plain text. Pure. */
import type { TerraformDiagnostic } from "./types.ts";

interface RawDiagnostic {
  readonly severity?: string;
  readonly summary?: string;
  readonly detail?: string;
  readonly address?: string;
  readonly range?: { readonly filename?: string; readonly start?: { readonly line?: number } };
}

/** From `plan -json` and `apply -json`: one JSON object a line; other lines are left out. */
export function diagnosticsOf(stdout: string): TerraformDiagnostic[] {
  return stdout.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    try {
      const message = JSON.parse(line) as { type?: string; diagnostic?: RawDiagnostic };
      if (message.type !== "diagnostic" || !message.diagnostic) return [];
      // Newer versions would rather have the path in the code, which is not ours to change.
      return message.diagnostic.summary === "Deprecated flag: -state" ? [] : [diagnostic(message.diagnostic)];
    } catch {
      return [];
    }
  });
}

const diagnostic = (raw: RawDiagnostic): TerraformDiagnostic => ({
  severity: raw.severity === "warning" ? "warning" : "error",
  summary: raw.summary ?? "",
  detail: raw.detail ?? "",
  ...(raw.address && { address: raw.address }),
  ...(raw.range?.filename && { file: raw.range.filename }),
  ...(raw.range?.start?.line && { line: raw.range.start.line }),
});

/** From commands without -json: what follows "Error: ", without the frame that Terraform draws. */
export function plainDiagnostics(stderr: string): TerraformDiagnostic[] {
  const text = stderr
    .split("\n")
    .map((line) => line.replace(/^[╷│╵]\s?/u, "").trimEnd())
    .join("\n")
    .trim();
  if (text === "") return [];
  const parts = text.split(/^(?=(?:Error|Warning): )/m).map((part) => part.trim());
  return parts
    .filter((part) => part !== "")
    .map((part) => {
      const [first = "", ...rest] = part.split("\n");
      const severity = first.startsWith("Warning: ") ? ("warning" as const) : ("error" as const);
      return { severity, summary: first.replace(/^(Error|Warning): /, ""), detail: rest.join("\n").trim() };
    });
}

/** The last human sentence of `apply -json`: "Apply complete! Resources: 1 added, …". */
export function messagesOf(stdout: string): string[] {
  return stdout.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    try {
      const message = JSON.parse(line) as { "@message"?: string; type?: string };
      const shown = ["apply_start", "apply_complete", "apply_errored", "change_summary"].includes(message.type ?? "");
      return shown && message["@message"] ? [message["@message"]] : [];
    } catch {
      return [];
    }
  });
}
