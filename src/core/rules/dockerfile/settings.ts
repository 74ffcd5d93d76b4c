/** Variables that switch verification off, wherever they are set: ENV, ARG, or before a command. */
import type { Severity } from "../../model/finding.ts";
import type { Rule } from "../rule.ts";
import type { Block, View } from "../view.ts";
import { allInstructions, commandsIn, dockerRule, noInstruction, pairsIn } from "./stages.ts";

export const UNVERIFIED =
  "Without verification, anyone on the way can answer in the place of the server. What they send is built into the image and shipped.";

interface SettingRule {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly title: string;
  readonly severity?: Severity;
  readonly isBad: (value: string) => boolean;
  readonly remedy: string;
  readonly bad: string;
  readonly good: string;
}

/** A variable that switches verification off, wherever it is set: ENV, ARG, or before a command. */
function settingRule({ id, alias, name, title, severity = "high", isBad, remedy, bad, good }: SettingRule): Rule {
  const setsIt = (instruction: Block): boolean =>
    pairsIn(instruction).some(([key, value]) => key === name && isBad(value)) ||
    (instruction.text("instruction") === "RUN" &&
      commandsIn(instruction).some(({ environment }) =>
        Object.entries(environment).some(([key, value]) => key === name && isBad(value)),
      ));
  return dockerRule({
    id,
    aliases: [alias],
    title,
    severity,
    why: UNVERIFIED,
    remedy,
    check: (view: View) =>
      noInstruction(allInstructions(view, "ENV", "ARG", "RUN"), (instruction) =>
        setsIt(instruction) ? `${name} switches verification off.` : undefined,
      ),
    bad: `FROM alpine:3.20\nENV ${name}=${bad}`,
    good: `FROM alpine:3.20\nENV ${name}${good}`,
  });
}

export const isOff = (value: string): boolean => /^(?:0|false|no|off)$/i.test(value);
const isOn = (value: string): boolean => !/^(?:|0|false|no|off)$/i.test(value);

export const settings: readonly Rule[] = [
  settingRule({
    id: "docker-python-https-verify",
    alias: "CKV2_DOCKER_5",
    name: "PYTHONHTTPSVERIFY",
    title: "Python does not verify servers",
    isBad: (value) => value === "0",
    remedy: "Remove PYTHONHTTPSVERIFY.",
    bad: "0",
    good: "=1",
  }),
  settingRule({
    id: "docker-node-tls-verify",
    alias: "CKV2_DOCKER_6",
    name: "NODE_TLS_REJECT_UNAUTHORIZED",
    title: "Node does not verify servers",
    isBad: (value) => value === "0",
    remedy: "Remove NODE_TLS_REJECT_UNAUTHORIZED; name a private authority in NODE_EXTRA_CA_CERTS.",
    bad: "0",
    good: "=1",
  }),
  settingRule({
    id: "docker-npm-strict-ssl-variable",
    alias: "CKV2_DOCKER_12",
    name: "NPM_CONFIG_STRICT_SSL",
    title: "npm does not verify the registry",
    isBad: isOff,
    remedy: "Remove NPM_CONFIG_STRICT_SSL.",
    bad: "false",
    good: "=true",
  }),
  settingRule({
    id: "docker-git-ssl-verify",
    alias: "CKV2_DOCKER_14",
    name: "GIT_SSL_NO_VERIFY",
    title: "git does not verify servers",
    isBad: isOn,
    remedy: "Remove GIT_SSL_NO_VERIFY.",
    bad: "1",
    good: "=false",
  }),
  settingRule({
    id: "docker-pip-trusted-host-variable",
    alias: "CKV2_DOCKER_16",
    name: "PIP_TRUSTED_HOST",
    title: "pip is told not to verify an index",
    isBad: (value) => value !== "",
    remedy: "Remove PIP_TRUSTED_HOST.",
    bad: "packages.example",
    good: "S=none",
  }),
];
