/** What an image's build must not run: no root tricks, and no fetching without verifying who answers. */

import { type Command, programOf } from "../../read/dockerfile/shell.ts";
import type { Rule } from "../rule.ts";
import { isOff, UNVERIFIED } from "./settings.ts";
import { allInstructions, commandRule, commandsIn, dockerRule, noInstruction } from "./stages.ts";

const has = (command: Command, ...options: readonly string[]): boolean =>
  command.words.some((word) => options.some((option) => word === option || word.startsWith(`${option}=`)));

/** `sudo apt-get …` runs apt-get; `xargs -r apt-get …` too. */
const runs = (command: Command, ...programs: readonly string[]): boolean => {
  const name = programOf(command);
  if (programs.includes(name)) return true;
  return (
    (name === "sudo" || name === "xargs" || name === "gosu") &&
    command.words.slice(1).some((word) => programs.includes(word))
  );
};

const isUpdate = (command: Command): boolean =>
  (runs(command, "apt-get", "apt", "apt-fast") && command.words.includes("update")) ||
  (runs(command, "apk") && command.words.includes("update") && !has(command, "--update-cache"));
const isInstall = (command: Command): boolean =>
  runs(command, "apt-get", "apt", "apt-fast", "apk") &&
  command.words.some((word) =>
    ["install", "add", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source", "download"].includes(word),
  );

const UNSIGNED =
  "The signature is what ties a package to the people who made it. Without it, a mirror or anyone on the way can put in their own.";

const short = (command: Command, letter: string): boolean =>
  command.words.some((word) => new RegExp(`^-[A-Za-z]*${letter}[A-Za-z]*$`).test(word));

const npmSetting = (command: Command): readonly string[] | undefined => {
  if (!runs(command, "npm", "yarn", "pnpm")) return undefined;
  const words = command.words.filter((word) => !word.startsWith("-")).slice(1);
  if (words[0] === "config" || words[0] === "c") words.shift();
  return words[0] === "set" || words[0] === "s" ? words.slice(1).flatMap((word) => word.split("=")) : undefined;
};

export const commands: readonly Rule[] = [
  commandRule({
    id: "docker-apt",
    aliases: ["CKV_DOCKER_9"],
    title: "apt in place of apt-get",
    severity: "low",
    category: "reliability",
    why: "apt is made for people, and says that its interface may change. A script that uses it can break with an update.",
    remedy: "Use apt-get (or apt-cache).",
    message: "RUN calls apt, whose interface may change.",
    matches: (command) => runs(command, "apt"),
    rewrite: {
      risk: "in-place",
      text: (text) =>
        text.replace(
          /(^|[\s;&|(])apt(?=\s+(?:-\S+\s+)*(?:update|install|upgrade|full-upgrade|remove|purge|autoremove|clean|autoclean)\b)/g,
          "$1apt-get",
        ),
    },
    bad: "apt install -y curl",
    good: "apt-get install -y curl",
  }),
  dockerRule({
    id: "docker-update-alone",
    aliases: ["CKV_DOCKER_5", "DS-0017", "AVD-DS-0017"],
    title: "Package lists are updated in a layer of their own",
    severity: "high",
    category: "reliability",
    why: "A layer with only an update is cached. Later builds install from the old lists: old versions with known flaws, or none at all.",
    remedy: "Update and install in the same RUN.",
    check: (view) =>
      noInstruction(allInstructions(view, "RUN"), (run) => {
        const all = commandsIn(run);
        return all.some(isUpdate) && !all.some(isInstall)
          ? "The package lists are updated and nothing is installed from them."
          : undefined;
      }),
    bad: "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl",
  }),
  commandRule({
    id: "docker-sudo",
    aliases: ["CKV2_DOCKER_1", "DS-0010", "AVD-DS-0010"],
    title: "Build uses sudo",
    severity: "critical",
    why: "sudo behaves in surprising ways without a terminal, and what it needs to work stays in the image. Whoever gets into the container finds it there.",
    remedy: "Switch with USER root and back, or use gosu.",
    message: "RUN calls sudo.",
    matches: (command) => programOf(command) === "sudo",
    bad: "apt-get update && sudo apt-get install -y curl",
    good: "apt-get update && apt-get install -y sudoku",
  }),
  commandRule({
    id: "docker-curl-insecure",
    aliases: ["CKV2_DOCKER_2"],
    title: "curl does not verify the server",
    severity: "high",
    why: UNVERIFIED,
    remedy: "Remove -k (--insecure); add the authority's certificate to the image where it is a private one.",
    message: "curl does not verify who answers.",
    matches: (command) =>
      runs(command, "curl") && (has(command, "--insecure", "--proxy-insecure") || short(command, "k")),
    rewrite: {
      risk: "disruptive",
      text: (text) =>
        text
          .replace(/(\bcurl\b[^;&|]*?)\s+(?:--insecure|-k)(?=\s)/g, "$1")
          .replace(/(\bcurl\b[^;&|]*?\s-[A-Za-z]*)k([A-Za-z]*(?=\s))/g, "$1$2"),
    },
    bad: "curl -sk https://example.com/install.sh -o install.sh",
    good: "curl -sS --keepalive-time 2 https://example.com/install.sh -o install.sh",
  }),
  commandRule({
    id: "docker-wget-insecure",
    aliases: ["CKV2_DOCKER_3"],
    title: "wget does not verify the server",
    severity: "high",
    profile: "strict",
    why: UNVERIFIED,
    remedy: "Remove --no-check-certificate.",
    message: "wget does not verify who answers.",
    matches: (command) => runs(command, "wget") && has(command, "--no-check-certificate"),
    rewrite: { risk: "disruptive", text: (text) => text.replace(/\s+--no-check-certificate(?=\s)/g, "") },
    bad: "wget --no-check-certificate https://example.com/a.tgz",
    good: "wget https://example.com/a.tgz",
  }),
  commandRule({
    id: "docker-pip-trusted-host",
    aliases: ["CKV2_DOCKER_4"],
    title: "pip does not verify the index",
    severity: "high",
    why: UNVERIFIED,
    remedy: "Remove --trusted-host.",
    message: "pip does not verify the index it installs from.",
    matches: (command) =>
      (/^pip[\d.]*$/.test(programOf(command)) ||
        (/^python[\d.]*$/.test(programOf(command)) && command.words.includes("pip"))) &&
      has(command, "--trusted-host"),
    bad: "pip install --trusted-host packages.example app",
    good: 'pip install app | grep -e "--trusted-host"',
  }),
  commandRule({
    id: "docker-apk-untrusted",
    aliases: ["CKV2_DOCKER_7"],
    title: "apk installs unsigned packages",
    severity: "high",
    why: UNSIGNED,
    remedy: "Remove --allow-untrusted, and add the key of the repository.",
    message: "apk installs packages whose signature it does not check.",
    matches: (command) => runs(command, "apk") && has(command, "--allow-untrusted"),
    bad: "apk add --allow-untrusted app.apk",
    good: "apk add app",
  }),
  commandRule({
    id: "docker-apt-unauthenticated",
    aliases: ["CKV2_DOCKER_8"],
    title: "apt-get installs unsigned packages",
    severity: "high",
    why: UNSIGNED,
    remedy: "Remove --allow-unauthenticated, and add the key of the repository.",
    message: "apt-get installs packages whose signature it does not check.",
    matches: (command) => runs(command, "apt-get", "apt", "apt-fast") && has(command, "--allow-unauthenticated"),
    bad: "apt-get install -y --allow-unauthenticated curl",
    good: 'apt-get install -y curl && echo "--allow-unauthenticated"',
  }),
  commandRule({
    id: "docker-yum-no-gpg",
    aliases: ["CKV2_DOCKER_9"],
    title: "yum, dnf or tdnf installs unsigned packages",
    severity: "high",
    why: UNSIGNED,
    remedy: "Remove --nogpgcheck, and import the key of the repository.",
    message: "Packages are installed whose signature is not checked.",
    matches: (command) =>
      runs(command, "yum", "dnf", "tdnf", "microdnf", "zypper") && has(command, "--nogpgcheck", "--no-gpg-checks"),
    bad: "dnf install -y --nogpgcheck curl",
    good: "dnf install -y curl",
  }),
  commandRule({
    id: "docker-rpm-unsigned",
    aliases: ["CKV2_DOCKER_10"],
    title: "rpm installs without checking signatures",
    severity: "high",
    why: UNSIGNED,
    remedy: "Remove --nosignature, --nodigest and --noverify.",
    message: "rpm installs packages whose signature it does not check.",
    matches: (command) =>
      runs(command, "rpm") && has(command, "--nosignature", "--nodigest", "--noverify", "--nofiledigest"),
    bad: "rpm -i --nosignature app.rpm",
    good: "rpm -i app.rpm",
  }),
  commandRule({
    id: "docker-apt-force",
    aliases: ["CKV2_DOCKER_11"],
    title: "apt-get is forced to say yes",
    severity: "high",
    why: "--force-yes installs unsigned packages, and older ones over newer ones. It went out of use for that.",
    remedy: "Use -y alone.",
    message: "apt-get is forced past its warnings.",
    matches: (command) => runs(command, "apt-get", "apt") && has(command, "--force-yes"),
    bad: "apt-get install -y --force-yes curl",
    good: "apt-get install -y curl",
  }),
  commandRule({
    id: "docker-npm-strict-ssl",
    aliases: ["CKV2_DOCKER_13"],
    title: "npm or yarn is told not to verify the registry",
    severity: "high",
    why: UNVERIFIED,
    remedy: "Remove the setting; name a private authority with cafile.",
    message: "strict-ssl is switched off.",
    matches: (command) => {
      const [name, value] = npmSetting(command) ?? [];
      return name === "strict-ssl" && value !== undefined && isOff(value);
    },
    bad: "npm config set strict-ssl false",
    good: "npm config set strict-ssl true",
  }),
  commandRule({
    id: "docker-yum-ssl-verify",
    aliases: ["CKV2_DOCKER_15"],
    title: "yum or dnf is told not to verify the mirrors",
    severity: "high",
    why: UNVERIFIED,
    remedy: "Remove the setting sslverify=0.",
    message: "sslverify is switched off.",
    matches: (command) => {
      const isManager =
        runs(command, "yum-config-manager", "dnf-config-manager") ||
        (runs(command, "yum", "dnf") && command.words.includes("config-manager"));
      return (
        isManager && command.words.some((word) => /^(?:--setopt=)?(?:.*\.)?sslverify=(?:0|false|no|off)$/i.test(word))
      );
    },
    bad: "yum-config-manager --save --setopt=sslverify=0",
    good: "yum-config-manager --save --setopt=sslverify=1",
  }),
  commandRule({
    id: "docker-chpasswd",
    aliases: ["CKV2_DOCKER_17"],
    title: "A password is set in the image",
    severity: "high",
    why: "A password that is set while building is in the image for everyone who can pull it. It is the same in every copy.",
    remedy: "Remove the password; log in with keys, or not at all.",
    message: "chpasswd sets a password.",
    matches: (command) => runs(command, "chpasswd"),
    bad: "echo 'app:app' | chpasswd",
    good: "chgrp root /etc/passwd",
  }),
];
