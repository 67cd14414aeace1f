import { vi } from "vitest";

// Deno's `npm:` specifiers, for Node: import this file first in a test of anything that uses them.
vi.mock("npm:zod@4.6.7", () => import("zod"));
vi.mock("npm:jose@6.2.17", () => import("jose"));
