/** The operations that fixers are made of, in terms of a resource; the editor turns them into text. */
import type { BlockBody, FixOperation, FixValue } from "../model/patch.ts";
import type { View } from "./view.ts";

/** Set an attribute of this resource, or of another one (`of`). */
export const set = (path: string, value: FixValue, of?: View): FixOperation => ({
  op: "set",
  ...(of && { address: of.address }),
  path,
  value,
});

export const remove = (path: string, of?: View): FixOperation => ({
  op: "remove",
  ...(of && { address: of.address }),
  path,
});

export const addBlock = (path: string, body: BlockBody, of?: View): FixOperation => ({
  op: "add-block",
  ...(of && { address: of.address }),
  path,
  body,
});

/** Set attributes in every block at `path`, or write the block where there is none. */
export function setInBlock(
  view: View,
  path: string,
  attributes: { readonly [name: string]: FixValue },
): readonly FixOperation[] {
  const { items } = view.blocks(path);
  if (items.length === 0) return [addBlock(path, { attributes })];
  return items.flatMap((item) => Object.entries(attributes).map(([name, value]) => set(`${item.path}.${name}`, value)));
}

/**
 * A new resource beside this one that points back at it. A sentence instead where one resource cannot serve: the resource
 * has several instances, each of which needs its own.
 */
export function addCompanion(
  view: View,
  type: string,
  link: { readonly attribute: string; readonly target?: string },
  body: BlockBody,
): readonly FixOperation[] | string {
  if (view.address.endsWith("]"))
    return `${view.address} is one of several instances: give ${type} the same count or for_each and point it at each of them.`;
  const taken = new Set(
    view.estate
      .ofType(type)
      .flatMap((other) => (other.resource.module === view.resource.module ? [other.resource.name] : [])),
  );
  let name = view.resource.name;
  for (let n = 2; taken.has(name); n++) name = `${view.resource.name}_${n}`;
  const ref = `${view.type}.${view.resource.name}.${link.target ?? "id"}`;
  return [
    {
      op: "add-resource",
      type,
      name,
      body: { ...body, attributes: { [link.attribute]: { ref }, ...body.attributes } },
    },
  ];
}
