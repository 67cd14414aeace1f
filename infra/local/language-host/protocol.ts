import { createRequire } from "node:module";
import type * as LanguageServices from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as LanguageMessages from "@pulumi/pulumi/proto/language_pb.js";
import type * as PluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as EmptyMessages from "google-protobuf/google/protobuf/empty_pb.js";

// The SDK's generated stubs are CommonJS whose exports no static analysis finds.
const require = createRequire(import.meta.url);

export const services = require("@pulumi/pulumi/proto/language_grpc_pb.js") as typeof LanguageServices;
export const messages = require("@pulumi/pulumi/proto/language_pb.js") as typeof LanguageMessages;
export const plugins = require("@pulumi/pulumi/proto/plugin_pb.js") as typeof PluginMessages;
export const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js") as typeof EmptyMessages;

export type { LanguageMessages, PluginMessages };
