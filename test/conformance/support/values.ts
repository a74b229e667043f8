import { createRequire } from "node:module";
import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb.js";

const require = createRequire(import.meta.url);
const structs =
  require("google-protobuf/google/protobuf/struct_pb.js") as typeof import("google-protobuf/google/protobuf/struct_pb.js");

/** Pulumi's markers inside a marshalled property map. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Record<string, any>;

export const secret = (value: unknown): Properties => ({ [signatureKey]: secretSignature, value });

export const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as Properties)[signatureKey] === secretSignature;

/** Takes one level of secrecy off, if there is any. */
export const open = (value: unknown): any => (isSecret(value) ? (value as Properties).value : value);

/** A property that is undefined is none. */
export const toStruct = (properties: Properties): StructMessage =>
  structs.Struct.fromJavaScript(
    Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)),
  );

export const fromStruct = (message: StructMessage | undefined): Properties =>
  (message?.toJavaScript() as Properties | undefined) ?? {};
