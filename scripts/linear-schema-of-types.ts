const field = /^ {2}(\w+)\??: (.+);$/;

/**
 * GraphQL's schema language for the TypeScript types that @linear/sdk is published with: its generator writes one alias for
 * each type (`type Issue = Node & { … }`), one for each field's arguments (`IssueHistoryArgs`), and an enum for each enum.
 * A field of a kind that is none of these (a union) is left out.
 */
export function schemaOfTypes(declarations: string): string {
  const bodies = new Map(
    Array.from(declarations.matchAll(/^type (\w+) = (?:\w+ & )*\{\n([\s\S]*?)^\};/gm), ([, name = "", body = ""]) => [
      name,
      body,
    ]),
  );
  const enums = new Map(
    Array.from(declarations.matchAll(/^declare enum (\w+) \{\n([\s\S]*?)^\}/gm), ([, name = "", body = ""]) => [
      name,
      Array.from(body.matchAll(/= "(\w+)"/g), ([, value]) => value),
    ]),
  );
  const scalars = new Set(fieldsOf(bodies.get("Scalars") ?? "").map(({ name }) => name));
  const isKnown = (type: string) => {
    const name = type.replace(/[[\]!]/g, "");
    return !name.endsWith("Args") && [bodies, enums, scalars].some((names) => names.has(name));
  };
  const list = (body: string) =>
    fieldsOf(body)
      .map(({ name, type }) => ({ name, type: typeOf(type) }))
      .filter(({ name, type }) => name !== "__typename" && isKnown(type));

  const blocks = [...bodies].flatMap(([name, body]) => {
    if (name === "Scalars" || name.endsWith("Args")) return [];
    const lines = list(body).map((one) => {
      const args = list(bodies.get(`${name}${capital(one.name)}Args`) ?? "").map((it) => `${it.name}: ${it.type}`);
      return `  ${one.name}${args.length === 0 ? "" : `(${args.join(", ")})`}: ${one.type}`;
    });
    return lines.length === 0 ? [] : [`${isInput(name) ? "input" : "type"} ${name} {\n${lines.join("\n")}\n}`];
  });
  const own = [...scalars].filter((name) => !["ID", "String", "Boolean", "Int", "Float"].includes(name));
  return [
    ...own.map((name) => `scalar ${name}`),
    ...Array.from(enums, ([name, values]) => `enum ${name} { ${values.join(" ")} }`),
    ...blocks,
  ].join("\n\n");
}

function fieldsOf(body: string): { name: string; type: string }[] {
  return body.split("\n").flatMap((line) => {
    const [, name, type] = field.exec(line) ?? [];
    return name === undefined || type === undefined ? [] : [{ name, type }];
  });
}

/** `Maybe<Array<Scalars["String"]>>` is `[String!]`. */
function typeOf(written: string): string {
  const optional = /^(?:Input)?Maybe<(.+)>$/.exec(written)?.[1];
  if (optional !== undefined) return typeOf(optional).replace(/!$/, "");
  const item = /^Array<(.+)>$/.exec(written)?.[1];
  if (item !== undefined) return `[${typeOf(item)}]!`;
  return `${/^Scalars\["(\w+)"\]$/.exec(written)?.[1] ?? written}!`;
}

function isInput(name: string): boolean {
  return /(?:Input|Filter|Comparator)$/.test(name);
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
