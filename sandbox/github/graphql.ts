import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  buildSchema,
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { sees } from "./access.ts";
import { graphqlExceptions } from "./exceptions.ts";
import {
  accountNode,
  type Context,
  missing,
  NotHandled,
  node,
  page,
  repositoryNode,
  teamNode,
} from "./graphqlNodes.ts";
import { createRule, deleteRule, type Input, updateRule } from "./graphqlRules.ts";
import { findAccount, findRepository, findTeam } from "./state.ts";

let schema: GraphQLSchema | undefined;

/** GitHub's official schema. Read on first use: it takes half a second. */
function official(): GraphQLSchema {
  const folder = dirname(fileURLToPath(import.meta.resolve("@octokit/graphql-schema")));
  return (schema ??= buildSchema(readFileSync(join(folder, "schema.graphql"), "utf8"), { assumeValid: true }));
}

const rules = specifiedRules.filter(({ name }) => !graphqlExceptions.includes(name));

const root = (context: Context) => ({
  node: ({ id }: { id: string }) => node(context, id),
  repository: ({ owner, name }: { owner: string; name: string }) => {
    const found = findRepository(context.state, owner, name);
    if (!found || !sees(context, found))
      throw missing(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
    return repositoryNode(context, found);
  },
  viewer: () => accountNode(context.actor),
  user: ({ login }: { login: string }) => {
    const found = findAccount(context.state, login);
    if (found?.type !== "User") throw missing(`Could not resolve to a User with the login of '${login}'.`);
    return accountNode(found);
  },
  organization: ({ login }: { login: string }) => {
    const found = findAccount(context.state, login);
    if (found?.type !== "Organization")
      throw missing(`Could not resolve to an Organization with the login of '${login}'.`);
    const teamOf = ({ slug }: { slug: string }) => {
      const member = findTeam(context.state, found.login, slug);
      return member
        ? {
            ...teamNode(member),
            members: () => page(member.members.map((each) => accountNode(findAccount(context.state, each)!))),
          }
        : null;
    };
    return { ...accountNode(found), team: teamOf };
  },
  createBranchProtectionRule: ({ input }: { input: Input }) => createRule(context, input),
  updateBranchProtectionRule: ({ input }: { input: Input }) => updateRule(context, input),
  deleteBranchProtectionRule: ({ input }: { input: Input }) => deleteRule(context, input),
});

/** Answers one GraphQL request, checked against the official schema on its way in and out. 501, without any change, for what is not handled. */
export async function graphql(
  context: Context,
  request: { query?: unknown; variables?: unknown },
): Promise<{ status: number; body: unknown }> {
  if (typeof request.query !== "string")
    return { status: 400, body: { message: "A query attribute must be specified and must be a string." } };
  let document: DocumentNode;
  try {
    document = parse(request.query);
  } catch (error) {
    return { status: 200, body: { errors: [{ message: (error as Error).message }] } };
  }
  const problems = validate(official(), document, rules);
  if (problems.length > 0) return { status: 200, body: { errors: problems.map((each) => each.toJSON()) } };
  const changes = document.definitions.some(
    (each) => each.kind === Kind.OPERATION_DEFINITION && each.operation === OperationTypeNode.MUTATION,
  );
  if (changes && !context.scopes.includes("repo")) {
    const message =
      "Your token has not been granted the required scopes to execute this query. The mutation requires one of the following scopes: ['repo'].";
    return { status: 200, body: { data: null, errors: [{ type: "INSUFFICIENT_SCOPES", message }] } };
  }
  const before = changes ? structuredClone(context.state) : context.state;
  const result = await execute({
    schema: official(),
    document,
    rootValue: root(context),
    contextValue: context,
    variableValues: (request.variables ?? {}) as Record<string, unknown>,
    fieldResolver: (source, args, given, info) => {
      const value = defaultFieldResolver(source, args, given, info);
      if (value === undefined) throw new NotHandled(`${info.parentType.name}.${info.fieldName}`);
      return value;
    },
  });
  const unhandled = result.errors?.find(
    (error) => error instanceof NotHandled || error.originalError instanceof NotHandled,
  );
  if (unhandled) {
    Object.assign(context.state, before);
    return { status: 501, body: { message: unhandled.message } };
  }
  const errors = result.errors?.map(({ message, path, locations, extensions }) => ({
    type: extensions.type,
    path,
    locations,
    message,
  }));
  return { status: 200, body: { data: result.data, ...(errors ? { errors } : {}) } };
}
