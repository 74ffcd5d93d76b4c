/** Reads a few files given as text, and looks resources up by address. */
import type { Resource } from "../../../../src/core/model/resource.ts";
import type { ObjectValue } from "../../../../src/core/model/value.ts";
import type { Reading } from "../../../../src/core/read/reading.ts";
import { readTerraform, type TerraformInput } from "../../../../src/core/read/terraform/read-terraform.ts";

export interface Read {
  readonly reading: Reading;
  readonly addresses: readonly string[];
  resource(address: string): Resource;
  attributes(address: string): ObjectValue;
  /** The source text behind a range of the reading. */
  textAt(
    range: { readonly file: string; readonly start: number; readonly end: number } | undefined,
  ): string | undefined;
}

export function read(
  files: string | { readonly [path: string]: string },
  options: Omit<TerraformInput, "files"> = {},
): Read {
  const texts = typeof files === "string" ? { "main.tf": files } : files;
  const input = Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  const reading = readTerraform({ files: input, ...options });
  const resources = reading.stacks.flatMap((stack) => stack.resources);
  const resource = (address: string): Resource => {
    const found = resources.find((it) => it.address === address);
    if (found === undefined) throw new Error(`${address} is not among ${resources.map((it) => it.address).join(", ")}`);
    return found;
  };
  return {
    reading,
    addresses: resources.map((it) => it.address),
    resource,
    attributes: (address) => resource(address).attributes,
    textAt: (range) =>
      range &&
      new TextDecoder().decode(input.find((it) => it.path === range.file)?.bytes.subarray(range.start, range.end)),
  };
}
