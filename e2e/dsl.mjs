// Holds workflow files against the JSON Schema of the Serverless Workflow specification, which comes with its SDK. Prints,
// for each file, its name and what is wrong with it, as a line of JSON.
import { readFileSync } from "node:fs";
import sdk from "@serverlessworkflow/sdk";

for (const name of process.argv.slice(2)) {
  let wrong = "";
  try {
    sdk.Classes.Workflow.deserialize(readFileSync(name, "utf8")); // It validates.
  } catch (error) {
    wrong = String(error.message) || "invalid";
  }
  console.log(JSON.stringify({ name, wrong }));
}
