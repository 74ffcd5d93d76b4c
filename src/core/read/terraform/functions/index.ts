/** All of Terraform's functions by name, but try and can, which the evaluator knows since they take expressions. */
import type { TerraformFunction } from "../function.ts";
import { charsetFunctions } from "./charsets.ts";
import { conversionFunctions } from "./conversion.ts";
import { datetimeFunctions } from "./datetime.ts";
import { encodingFunctions } from "./encoding.ts";
import { fileFunctions } from "./files.ts";
import { formatFunctions } from "./format.ts";
import { hashFunctions } from "./hashing.ts";
import { jsonFunctions } from "./json.ts";
import { listFunctions } from "./lists.ts";
import { mapFunctions } from "./maps.ts";
import { networkFunctions } from "./network.ts";
import { numberFunctions } from "./numbers.ts";
import { orderFunctions } from "./order.ts";
import { regexFunctions } from "./regex.ts";
import { searchFunctions } from "./search.ts";
import { setFunctions } from "./sets.ts";
import { stringFunctions } from "./strings.ts";
import { yamlFunctions } from "./yaml.ts";

export const functions: ReadonlyMap<string, TerraformFunction> = new Map(
  [
    ...numberFunctions,
    ...stringFunctions,
    ...regexFunctions,
    ...formatFunctions,
    ...listFunctions,
    ...orderFunctions,
    ...searchFunctions,
    ...mapFunctions,
    ...setFunctions,
    ...jsonFunctions,
    ...yamlFunctions,
    ...encodingFunctions,
    ...charsetFunctions,
    ...hashFunctions,
    ...fileFunctions,
    ...datetimeFunctions,
    ...networkFunctions,
    ...conversionFunctions,
  ].map((each) => [each.name, each]),
);

/** A function by the name in a call, which may be written with its namespace (core::upper). */
export const findFunction = (name: string): TerraformFunction | undefined => functions.get(name.replace(/^core::/, ""));
