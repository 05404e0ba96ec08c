import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLNamedType,
  getNamedType,
  isInputObjectType,
  isLeafType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  printType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import * as documents from "../src/sources/adapters/linear/documents.ts";
import { schemaOfTypes } from "./linear-schema-of-types.ts";

// Writes test/fixtures/trackers/linear-schema.graphql anew: of Linear's schema, as the types of the installed @linear/sdk have
// it, the fields and arguments that our documents name, and the inputs below.
//
//   node scripts/extract-linear-schema.ts

/** Which keys of an input may be used; what stands in a variable cannot be seen in a document. */
const inputs: Readonly<Record<string, readonly string[]>> = {
  IssueFilter: ["and", "or", "id", "team", "state", "assignee", "labels", "priority"],
  IssueIdComparator: ["eq", "in"],
  TeamFilter: ["key"],
  WorkflowStateFilter: ["name"],
  StringComparator: ["eq", "eqIgnoreCase", "in"],
  NullableUserFilter: ["null"],
  IssueLabelCollectionFilter: ["name"],
  NullableNumberComparator: ["lte"],
  CommentFilter: ["issue", "updatedAt"],
  NullableIssueFilter: ["id"],
  DateComparator: ["gt"],
  IssueLabelFilter: ["name"],
  IssueUpdateInput: ["stateId", "addedLabelIds", "removedLabelIds"],
  IssueLabelCreateInput: ["name", "teamId"],
  CommentCreateInput: ["issueId", "body"],
  CommentUpdateInput: ["body"],
};

const sdk = join(import.meta.dirname, "../node_modules/@linear/sdk");
const { version } = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
const schema = buildSchema(schemaOfTypes(await readTypes()), { assumeValid: true });
const kept = new Map<string, Set<string>>(Object.entries(inputs).map(([name, keys]) => [name, new Set(keys)]));
const used = new Set<GraphQLNamedType>();
const usedArguments = new Set<string>();

for (const name of Object.keys(inputs)) use(namedType(name));
for (const document of Object.values(documents).filter((it) => typeof it === "string")) readDocument(document);

const blocks = [...used]
  .filter((type) => !isSpecifiedScalarType(type))
  .toSorted((a, b) => a.name.localeCompare(b.name))
  .map(printed);
const target = join(import.meta.dirname, "../test/fixtures/trackers/linear-schema.graphql");
await mkdir(dirname(target), { recursive: true });
await writeFile(
  target,
  `# @linear/sdk ${version}, its published types, by scripts/extract-linear-schema.ts\n\n${blocks.join("\n\n")}\n`,
);

/** The file with the types has a name that changes with each version. */
async function readTypes(): Promise<string> {
  const names = (await readdir(join(sdk, "dist"))).filter((name) => /^index-.*\.d\.mts$/.test(name));
  const [name] = names;
  if (name === undefined) throw new Error("@linear/sdk has no file with types of the name index-….d.mts any more.");
  return readFile(join(sdk, "dist", name), "utf8");
}

function readDocument(document: string): void {
  const info = new TypeInfo(schema);
  const note = () => {
    const [parent, field] = [info.getParentType(), info.getFieldDef()];
    if (!parent || !field || field.name.startsWith("__")) return;
    use(parent);
    use(getNamedType(field.type));
    kept.set(parent.name, (kept.get(parent.name) ?? new Set()).add(field.name));
  };
  const noteArgument = () => {
    const [parent, field, argument] = [info.getParentType(), info.getFieldDef(), info.getArgument()];
    if (!parent || !field || !argument) return;
    usedArguments.add(`${parent.name}.${field.name}.${argument.name}`);
    use(getNamedType(argument.type));
  };
  visit(parse(document), visitWithTypeInfo(info, { Field: note, Argument: noteArgument }));
}

function namedType(name: string): GraphQLNamedType {
  const type = schema.getType(name);
  if (type === undefined) throw new Error(`The schema has no ${name}.`);
  return type;
}

function use(type: GraphQLNamedType): void {
  if (isInputObjectType(type) && inputs[type.name] === undefined)
    throw new Error(`Say which keys of ${type.name} may be used.`);
  used.add(type);
  if (!isInputObjectType(type)) return;
  for (const key of inputs[type.name] ?? []) {
    const inner = getNamedType(type.getFields()[key]?.type);
    if (inner !== undefined && !used.has(inner)) use(inner);
  }
}

/** The type in its own words, without what nobody uses. */
function printed(type: GraphQLNamedType): string {
  if (isObjectType(type) || isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(({ name }) => kept.get(type.name)?.has(name));
    const lines = fields.map((field) => {
      const all: readonly GraphQLArgument[] = "args" in field ? field.args : [];
      const args = all.filter((it) => usedArguments.has(`${type.name}.${field.name}.${it.name}`));
      const list = args.map((it) => `${it.name}: ${it.type}`).join(", ");
      return `  ${field.name}${list === "" ? "" : `(${list})`}: ${field.type}`;
    });
    return `${isInputObjectType(type) ? "input" : "type"} ${type.name} {\n${lines.join("\n")}\n}`;
  }
  if (isLeafType(type)) return printType(type).replaceAll(/"""[\s\S]*?"""\n\s*/g, "");
  throw new Error(`${type.name} is of a kind that is not handled here`);
}
