import { expect, test } from "vitest";
import { canTraverse, chooseServerUser } from "./server-user.ts";

const passwd = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
`;

test("lets an ordinary user run the server itself", () => {
  expect(chooseServerUser(1000, passwd)).toBeUndefined();
  expect(chooseServerUser(undefined, "")).toBeUndefined();
});

test("hands the server from root to postgres", () => {
  expect(chooseServerUser(0, passwd)).toEqual({ name: "postgres", uid: 101, gid: 104 });
});

test("hands the server from root to nobody when there is no postgres", () => {
  const without = passwd.replace(/^postgres.*\n/m, "");
  expect(chooseServerUser(0, without)).toEqual({ name: "nobody", uid: 65534, gid: 65534 });
});

test("says what to add when root has nobody to hand the server to", () => {
  expect(() => chooseServerUser(0, "root:x:0:0:root:/root:/bin/bash\n")).toThrow(
    'postgres: it cannot run as root and there is no user "postgres" or "nobody"; add one (useradd --system postgres)',
  );
});

const user = { name: "postgres", uid: 101, gid: 104 };
const root = { uid: 0, gid: 0, mode: 0o755 };

test("reaches a folder through parents that are open to all", () => {
  expect(canTraverse(user, [root, { uid: 0, gid: 0, mode: 0o711 }, { uid: 101, gid: 0, mode: 0o700 }])).toBe(
    true,
  );
});

test("does not reach a folder below one that is private to someone else", () => {
  expect(
    canTraverse(user, [root, { uid: 0, gid: 0, mode: 0o700 }, { uid: 101, gid: 104, mode: 0o700 }]),
  ).toBe(false);
});

test("goes by the owner's bits even where others have more", () => {
  expect(canTraverse(user, [{ uid: 101, gid: 0, mode: 0o077 }])).toBe(false);
  expect(canTraverse(user, [{ uid: 0, gid: 104, mode: 0o707 }])).toBe(false);
});
