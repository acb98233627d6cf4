/** `npm run aws:remove`: takes away what `npm run aws:deploy` has made. */
import { runCommand } from "./command.ts";
import { removeArguments } from "./commandLine.ts";
import { removeAccount } from "./removeAccount.ts";
import { removeSteps } from "./steps.ts";

await runCommand(async (tell) => {
  const { stage, region, deleteData } = removeArguments(process.argv.slice(2));
  await removeAccount(removeSteps({ region }, stage), deleteData, tell);
});
