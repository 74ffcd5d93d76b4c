/** Which format a file is in, told from its name and its first few kilobytes. Never parses. */
import type { Format } from "../model/resource.ts";

const decoder = new TextDecoder("utf-8");

/** How many bytes of a file are enough to tell. */
export const HEAD_BYTES = 65_536;

/**
 * The format of a file, or undefined where Draco does not read it. `head` holds at least the first HEAD_BYTES bytes
 * (or the whole file); `path` has forward slashes.
 */
export function detectFormat(path: string, head: Uint8Array): Format | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const lower = name.toLowerCase();
  if (/\.(?:tf|tofu)(?:\.json)?$/.test(lower)) return "terraform";
  if (isDockerfileName(lower)) return "dockerfile";
  const extension = /\.([a-z0-9]+)$/.exec(lower)?.[1] ?? "";
  if (!STRUCTURED.has(extension))
    return extension === "" && startsLikeDockerfile(textOf(head)) ? "dockerfile" : undefined;
  const text = textOf(head);
  if (/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/.test(path)) return "workflow";
  return detectContent(text, lower, extension);
}

function detectContent(text: string, lower: string, extension: string): Format | undefined {
  if (/^\s*\{/.test(text)) {
    if (
      /"format_version"\s*:/.test(text) &&
      /"(?:terraform_version|planned_values|resource_changes|variables)"\s*:/.test(text)
    )
      return "plan";
    if (isTemplateJson(text)) return "cloudformation";
    if (/"apiVersion"\s*:/.test(text) && /"kind"\s*:/.test(text)) return "kubernetes";
    return undefined;
  }
  if (extension === "json") return undefined;
  if (isTemplateYaml(text)) return "cloudformation";
  if (/^(?:- |["' ]{0,8})apiVersion["']?[ \t]*:/m.test(text) && /^["' ]{0,8}kind["']?[ \t]*:/m.test(text))
    return "kubernetes";
  if (/^action\.ya?ml$/.test(lower) && /^runs\s*:/m.test(text)) return "workflow";
  if (/^jobs\s*:/m.test(text) && /^["']?on["']?\s*:/m.test(text)) return "workflow";
  return undefined;
}

const STRUCTURED: ReadonlySet<string> = new Set(["yaml", "yml", "json", "template"]);

const isTemplateYaml = (text: string): boolean =>
  /^["']?AWSTemplateFormatVersion["']?\s*:/m.test(text) ||
  (/^["']?Resources["']?\s*:/m.test(text) &&
    /^[ \t]+["']?Type["']?[ \t]*:[ \t]*["']?(?:AWS|Alexa|Custom|Third)[A-Za-z]*::/m.test(text)) ||
  /^Transform\s*:\s*["']?AWS::/m.test(text);

const isTemplateJson = (text: string): boolean =>
  /"AWSTemplateFormatVersion"\s*:/.test(text) ||
  (/"Resources"\s*:\s*\{/.test(text) && /"Type"\s*:\s*"(?:AWS|Custom)::/.test(text));

const isDockerfileName = (name: string): boolean =>
  /^(?:dockerfile|containerfile)(?:[._-].+)?$/.test(name.replace(/\.dockerignore$/, "/")) ||
  /.\.(?:dockerfile|containerfile)$/.test(name);

/** A file without an extension that opens with FROM (after comments, directives and ARG). */
const startsLikeDockerfile = (text: string): boolean =>
  /^\ufeff?(?:[ \t]*(?:#[^\n]*|ARG[ \t]+[A-Za-z_][^\n]*)?\r?\n)*[ \t]*FROM[ \t]+\S+(?:[ \t]+AS[ \t]+\S+)?[ \t]*\r?(?:\n|$)/i.test(
    text,
  );

const textOf = (head: Uint8Array): string =>
  decoder.decode(head.length > HEAD_BYTES ? head.subarray(0, HEAD_BYTES) : head);
