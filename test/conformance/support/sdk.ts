import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";

/** What a property takes: `string`, `number`, `boolean`, `object`, with `[]` and `{}` around for lists and maps. */
export interface Field {
  type: string;
  required: boolean;
  fields?: Fields;
}
export type Fields = Record<string, Field>;

export interface SdkResource {
  token: string;
  inputs: Fields;
  state: Fields;
  outputs: Fields;
  secrets: string[];
}
export interface SdkFunction {
  token: string;
  inputs: Fields;
  outputs: Fields;
}

const folder = dirname(createRequire(import.meta.url).resolve("@pulumi/github/package.json"));
const text = (file: string): string => readFileSync(join(folder, file), "utf8");
type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration;

/** Interfaces and classes of one declaration file, by name. */
function declarations(file: string): Map<string, Declaration> {
  const source = ts.createSourceFile(file, text(file), ts.ScriptTarget.Latest, true);
  const found = source.statements.filter((node) => ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node));
  return new Map(found.map((node) => [node.name!.text, node]));
}

const nested = { inputs: declarations("types/input.d.ts"), outputs: declarations("types/output.d.ts") };
const sdkFiles = readdirSync(folder)
  .filter((file) => file.endsWith(".d.ts"))
  .map((file) => file.slice(0, -".d.ts".length))
  .sort();

/** Properties of a declaration; nothing where there is none, as for a function without arguments. */
function fields(declaration: Declaration | undefined): Fields {
  const members = (declaration?.members ?? []) as ts.NodeArray<ts.Node>;
  return Object.fromEntries(
    members
      .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
      .filter((member) => !member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword))
      .map((member) => [
        member.name.getText(),
        {
          ...field(member.type!),
          required: member.questionToken === undefined && !/\| undefined>?$/.test(member.type!.getText()),
        },
      ]),
  );
}

function field(node: ts.TypeNode): Omit<Field, "required"> {
  if (ts.isUnionTypeNode(node)) return field(node.types.find((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword)!);
  if (ts.isArrayTypeNode(node)) return wrapped(field(node.elementType), "[]");
  if (ts.isParenthesizedTypeNode(node)) return field(node.type);
  if (ts.isTypeLiteralNode(node)) return wrapped(field((node.members[0] as ts.IndexSignatureDeclaration).type), "{}");
  if (!ts.isTypeReferenceNode(node)) return { type: node.getText() };
  const [space, name] = node.typeName.getText().split(".") as [string, string];
  if (space === "pulumi") return field(node.typeArguments![0]!);
  if (space !== "inputs" && space !== "outputs")
    throw new Error(`${node.getText()}: a type that this reader does not know`);
  const declaration = nested[space].get(name);
  if (declaration === undefined) throw new Error(`${space}.${name} is declared nowhere in the SDK`);
  return { type: "object", fields: fields(declaration) };
}

const wrapped = <T extends { type: string }>(inner: T, around: string): T => ({ ...inner, type: inner.type + around });

/** Every resource of the installed `@pulumi/github`, the provider itself aside. */
export function sdkResources(): SdkResource[] {
  return sdkFiles.flatMap((file) => {
    const token = /__pulumiType = '(github:[^']+)'/.exec(text(`${file}.js`))?.[1];
    if (token === undefined) return [];
    const found = declarations(`${file}.d.ts`);
    const name = token.slice(token.lastIndexOf(":") + 1);
    const secrets = /additionalSecretOutputs: (\[[^\]]*\])/.exec(text(`${file}.js`))?.[1] ?? "[]";
    return [
      {
        token,
        inputs: fields(found.get(`${name}Args`)),
        state: fields(found.get(`${name}State`)),
        outputs: fields(found.get(name)),
        secrets: (JSON.parse(secrets) as string[]).sort(),
      },
    ];
  });
}

/** Every function of the installed `@pulumi/github`. */
export function sdkFunctions(): SdkFunction[] {
  return sdkFiles.flatMap((file) => {
    const token = /runtime\.invoke\("(github:[^"]+)"/.exec(text(`${file}.js`))?.[1];
    if (token === undefined) return [];
    const found = declarations(`${file}.d.ts`);
    const name = token.slice(token.lastIndexOf(":") + 1);
    const pascal = name[0]!.toUpperCase() + name.slice(1);
    return [{ token, inputs: fields(found.get(`${pascal}Args`)), outputs: fields(found.get(`${pascal}Result`)) }];
  });
}

export const sdkProvider = (): Fields => fields(declarations("provider.d.ts").get("ProviderArgs"));
