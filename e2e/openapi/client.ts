// A program over the generated types: that it compiles shows what they are worth, and it asks the site for real.
// Arguments: the site's URL, and a token where there is one.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi.js";
import type { components as older, operations } from "./generated/openapi-3.0.js";

declare const process: { argv: string[] };

type User = components["schemas"]["User"];

const [, , baseUrl = "", token = ""] = process.argv;
const roster = createClient<paths>({ baseUrl, ...(token && { headers: { Authorization: `Bearer ${token}` } }) });

function check(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new Error(what);
  }
}

function nameOf(user: User): string {
  const zone: string | null | undefined = user.timeZone;
  const picture: components["schemas"]["Icon"] | null | undefined = user.profilePicture;
  return [user.displayName, zone ?? "no time zone", picture?.path ?? "no picture"].join(", ");
}

// What the older form says of a user is the same.
const also: (user: User) => older["schemas"]["User"] = (user) => user;
const status: keyof operations["createUserProperty"]["responses"] = 409;

const current = await roster.GET("/wiki/rest/api/user/current", { params: { query: { expand: ["operations"] } } });
check(current.response.headers.get("X-Roster-Request-Id") !== null, "no request ID");
if (!current.data) {
  check(!token, `the token was refused with ${current.response.status}`);
  check("statusCode" in current.error && current.error.statusCode === current.response.status, "no error of v1");
  console.log(`nobody: ${current.error.message}`);
} else if (current.data.type === "anonymous") {
  console.log(`anonymous: ${current.data.displayName}`);
} else {
  const user = also(current.data as User) as User;
  check(typeof user.accountId === "string", "no account ID");
  const [got, bulk, many] = await Promise.all([
    roster.GET("/wiki/rest/api/user", { params: { query: { accountId: user.accountId } } }),
    roster.GET("/wiki/rest/api/user/bulk", { params: { query: { accountId: [user.accountId, "nobody"], limit: 2 } } }),
    roster.POST("/wiki/api/v2/users-bulk", { body: { accountIds: [user.accountId] } }),
  ]);
  check(got.data?.accountId === user.accountId, "not the user that was asked for");
  check(bulk.data?.results[0]?.accountId === user.accountId && bulk.data.size === 1, "not one user in bulk");
  check(many.data?.results?.[0]?.accountId === user.accountId, "not the user in v2");
  const property = await roster.POST("/wiki/rest/api/user/{userId}/property/{key}", {
    params: { path: { userId: user.accountId, key: "colour" } },
    body: { value: { name: "blue" } },
  });
  check([201, 403, status, 501].includes(property.response.status), `a property answered ${property.response.status}`);
  console.log(nameOf(user));
}
