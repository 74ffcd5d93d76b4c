/** Image names: build arguments filled in, and the name taken apart. */

export interface Image {
  /** The whole name after arguments are filled in. */
  readonly image: string;
  /** Registry and repository, without tag and digest. */
  readonly base: string;
  readonly tag?: string;
  readonly digest?: string;
  /** True where a build argument without a default is part of the name. */
  readonly open?: true;
}

export function resolveImage(written: string, defaults: { readonly [name: string]: string }): Image {
  const image = substitute(unquote(written), defaults);
  return { ...splitImage(image), ...(/\$/.test(image) && { open: true as const }) };
}

/** Takes "host:5000/team/app:1.2@sha256:…" apart. */
export function splitImage(image: string): Image {
  const [named = "", digest] = image.split("@", 2);
  // A colon after the last slash divides off the tag (before it, a port); inside ${…} it is no divider.
  const tail = named.slice(named.lastIndexOf("/") + 1);
  const colon = tail.replace(/\$\{[^}]*\}/g, (hole) => "_".repeat(hole.length)).indexOf(":");
  const tag = colon === -1 ? undefined : tail.slice(colon + 1);
  const base = colon === -1 ? named : named.slice(0, named.length - (tag ?? "").length - 1);
  return { image, base, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** Docker's own substitution: $NAME, ${NAME}, ${NAME:-default}, ${NAME:+instead}. */
export function substitute(text: string, values: { readonly [name: string]: string }): string {
  return text.replace(
    /\\\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^{}]*))?\})/g,
    (whole, plain?: string, braced?: string, operator?: string, word = "") => {
      const name = plain ?? braced;
      if (name === undefined) return whole;
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      const isSet = value !== undefined && (value !== "" || !operator?.startsWith(":"));
      if (operator?.endsWith("-")) return isSet ? (value ?? "") : word;
      if (operator?.endsWith("+")) return isSet ? word : "";
      return value ?? whole;
    },
  );
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, "$2");
