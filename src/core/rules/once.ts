/** What a map holds for a key, made the first time that somebody asks. */
export function once<K, V>(map: Map<K, V>, key: K, make: (key: K) => V): V {
  const known = map.get(key);
  if (known !== undefined || map.has(key)) return known as V;
  const made = make(key);
  map.set(key, made);
  return made;
}
