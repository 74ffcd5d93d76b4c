/** Every rule about Dockerfiles. */
import type { Rule } from "../rule.ts";
import { commands } from "./commands.ts";
import { image } from "./image.ts";
import { settings } from "./settings.ts";

export const dockerfileRules: readonly Rule[] = [...image, ...commands, ...settings];
