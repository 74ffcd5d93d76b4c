/**
 * Filesystem functions. Files are read through the context only, and a path that leaves the scan root, or depends on
 * the machine, gives an unknown: what lies there must neither be read nor guessed.
 */
import { type FunctionContext, FunctionError, type TerraformFunction } from "../function.ts";
import { compareStrings, isNullValue, Mapping, setOf, type TypedValue, textOf, unknownOf } from "../typed-value.ts";
import { BOOL, DYNAMIC, SET_OF_STRING, STRING, type Type } from "../types.ts";
import { any, fromTexts, text } from "./define.ts";
import { decodeUtf8 } from "./encoding.ts";
import { globTest } from "./glob.ts";
import { type Digest, digestOf } from "./hashing.ts";

/** Go's filepath.Clean, for forward slashes. */
export function cleanPath(path: string): string {
  const absolute = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!absolute) kept.push("..");
  }
  return (absolute ? "/" : "") + kept.join("/") || ".";
}

/** The path from the scan root; undefined where it leaves it. */
function confine(path: string, context: FunctionContext): string | undefined {
  if (path.startsWith("/") || path.startsWith("~") || path.includes("\0")) return undefined;
  const full = cleanPath(`${context.rootPath}/${path}`.replace(/^\/+/, ""));
  if (full === ".." || full.startsWith("../")) return undefined;
  return full === "." ? "" : full;
}

const isDirectory = (full: string, context: FunctionContext): boolean =>
  full === "" || context.listFiles(full).length > 0;
const open = (type: Type): TypedValue => unknownOf(type, { notNull: true });

const missing = (path: string): string =>
  `no file exists at ${JSON.stringify(path)}; this function works only with files that are distributed as part of the configuration source code, so if this file will be created by a resource in this configuration you must instead obtain this result from an attribute of that resource`;

/** A function of a file's bytes. */
const ofFile = (
  name: string,
  read: (bytes: Uint8Array, path: string) => string | FunctionError,
): TerraformFunction => ({
  name,
  parameters: [text("path")],
  returns: STRING,
  call: ([given], context) => {
    const path = String(given);
    const bytes = readBytes(path, context);
    if (bytes === undefined) return open(STRING);
    return bytes instanceof FunctionError ? bytes : read(bytes, path);
  },
});

function readBytes(path: string, context: FunctionContext): Uint8Array | FunctionError | undefined {
  const full = confine(path, context);
  if (full === undefined) return undefined;
  const bytes = full === "" ? undefined : context.readFile(full);
  if (bytes !== undefined) return bytes;
  return new FunctionError(
    isDirectory(full, context) ? `failed to read file: read ${cleanPath(path)}: is a directory` : missing(path),
    0,
  );
}

const readText = (bytes: Uint8Array, path: string): string | FunctionError => {
  const content = decodeUtf8(bytes);
  if (content !== undefined) return textOf(content);
  return new FunctionError(
    `contents of ${JSON.stringify(path)} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead`,
  );
};

const hashOfFile = (name: string, digest: Digest, encoding: "hex" | "base64"): TerraformFunction => ({
  name,
  parameters: [text("path")],
  returns: STRING,
  call: ([given], context) => {
    const path = String(given);
    const bytes = readBytes(path, context);
    if (bytes === undefined) return open(STRING);
    if (!(bytes instanceof FunctionError)) return digestOf(bytes, digest, encoding);
    const isFolder = bytes.message.endsWith("is a directory");
    return isFolder
      ? new FunctionError(`read ${cleanPath(path)}: is a directory`)
      : new FunctionError(`open ${path}: no such file or directory`);
  },
});

const fileSet: TerraformFunction = {
  name: "fileset",
  parameters: [text("path"), text("pattern")],
  returns: SET_OF_STRING,
  call: ([path, pattern], context) => {
    const base = confine(String(path), context);
    const seen = cleanPath(`${String(path)}/${String(pattern)}`);
    const joined = confine(seen, context);
    if (base === undefined || joined === undefined) return open(SET_OF_STRING);
    const test = globTest(joined);
    if (test instanceof FunctionError) return test;
    const fixed = joined.split("/").slice(0, -1);
    const wild = fixed.findIndex((part) => /[*?[{\\]/.test(part));
    const directory = (wild < 0 ? fixed : fixed.slice(0, wild)).join("/");
    // Results are named as the pattern is, from the working directory: ../files/x stays that, though it is x.
    const asSeen = seen
      .split("/")
      .slice(0, directory === "" ? -joined.split("/").length : directory.split("/").length - joined.split("/").length);
    const found = context.listFiles(directory).filter(test);
    const names = found.map((file) => [...asSeen, file.slice(directory === "" ? 0 : directory.length + 1)].join("/"));
    return setOf(
      STRING,
      names.sort(compareStrings).map((name) => textOf(relative(cleanPath(String(path)), name))),
    );
  },
};

function relative(base: string, file: string): string {
  const from = base === "." ? [] : base.split("/");
  const to = file.split("/");
  let same = 0;
  while (same < from.length && from[same] === to[same]) same += 1;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}

const VARIABLE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

function checkVariables(given: TypedValue | undefined): Mapping | FunctionError {
  if (!(given instanceof Mapping)) return new FunctionError("invalid vars value: must be a map", 1);
  const wrong = given.keys.find((name) => !VARIABLE_NAME.test(name));
  if (wrong === undefined) return given;
  return new FunctionError(
    `invalid template variable name ${JSON.stringify(wrong)}: must start with a letter, followed by zero or more letters, digits, and underscores`,
    1,
  );
}

function render(
  source: string,
  file: string,
  variables: Mapping,
  context: FunctionContext,
): TypedValue | FunctionError {
  const value = context.renderTemplate(source, file, variables);
  if (value instanceof FunctionError || !isNullValue(value)) return value;
  return new FunctionError(`${file}: Template result is null; that is not a valid result of a template`);
}

const baseName = (path: string): string => {
  if (path === "") return ".";
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
};

const dirName = (path: string): string => cleanPath(path.slice(0, path.lastIndexOf("/") + 1));

export const fileFunctions: readonly TerraformFunction[] = [
  ofFile("file", readText),
  ofFile("filebase64", (bytes) => Buffer.from(bytes).toString("base64")),
  hashOfFile("filemd5", "md5", "hex"),
  hashOfFile("filesha1", "sha1", "hex"),
  hashOfFile("filesha256", "sha256", "hex"),
  hashOfFile("filesha512", "sha512", "hex"),
  hashOfFile("filebase64sha256", "sha256", "base64"),
  hashOfFile("filebase64sha512", "sha512", "base64"),
  {
    name: "fileexists",
    parameters: [text("path")],
    returns: BOOL,
    call: ([given], context) => {
      const path = String(given);
      const full = confine(path, context);
      if (full === undefined) return open(BOOL);
      if (full !== "" && context.readFile(full) !== undefined) return true;
      if (isDirectory(full, context))
        return new FunctionError(`${JSON.stringify(cleanPath(path))} is a directory, not a file`);
      const parents = full.split("/").map((_, index, parts) => parts.slice(0, index).join("/"));
      const throughFile = parents.some((parent) => parent !== "" && context.readFile(parent) !== undefined);
      return throughFile ? new FunctionError(`failed to stat ${JSON.stringify(path)}`) : false;
    },
  },
  fileSet,
  fromTexts("basename", ["path"], baseName),
  fromTexts("dirname", ["path"], dirName),
  {
    name: "abspath",
    parameters: [text("path")],
    returns: STRING,
    call: ([path]) => (String(path).startsWith("/") ? cleanPath(String(path)) : open(STRING)),
  },
  {
    name: "pathexpand",
    parameters: [text("path")],
    returns: STRING,
    call: ([given]) => {
      const path = String(given);
      if (!path.startsWith("~")) return path;
      return path === "~" || path.startsWith("~/")
        ? open(STRING)
        : new FunctionError("cannot expand user-specific home dir");
    },
  },
  {
    name: "templatefile",
    parameters: [text("path"), any("vars", { depth: "shallow" })],
    returns: DYNAMIC,
    call: ([given, vars], context) => {
      const path = String(given);
      const variables = checkVariables(vars);
      if (variables instanceof FunctionError) return variables;
      const bytes = readBytes(path, context);
      if (bytes === undefined) return open(DYNAMIC);
      const source = bytes instanceof FunctionError ? bytes : readText(bytes, path);
      return source instanceof FunctionError ? source : render(source, path, variables, context);
    },
  },
  {
    name: "templatestring",
    parameters: [text("template"), any("vars", { depth: "shallow" })],
    returns: STRING,
    call: ([template, vars], context) => {
      const variables = checkVariables(vars);
      return variables instanceof FunctionError
        ? variables
        : render(String(template), "<templatestring argument>", variables, context);
    },
  },
];
