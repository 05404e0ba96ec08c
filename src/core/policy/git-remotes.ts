import { quote } from "../command-display.ts";
import { isPlainName } from "./git-names.ts";
import { type Arguments, allOperands, has } from "./options.ts";
import { ask, deny, type Outcome } from "./outcome.ts";

/** G9 and G10. */
export function judgeNetwork(args: Arguments): Outcome {
  const [remote = "origin", ...refs] = allOperands(args);
  if (remote !== "origin") {
    return deny("G10", `${quote(remote)} is not the remote origin.`, "Only origin is there to fetch from.");
  }
  const refspec = refs.find((ref) => !isPlainName(ref));
  if (refspec !== undefined) {
    return deny("G10", `${quote(refspec)} is no plain name.`, "Name branches alone, without + or :.");
  }
  return ask("G9", "It uses the network.");
}

const readOnly = "Remotes, configuration and HEAD are the operator's: they are only read.";

export function judgeRemote({ operands, rest }: Arguments): Outcome | undefined {
  if (operands.length === 0 && rest === undefined) return undefined;
  return deny("G11", "It is no listed way to read a remote.", readOnly);
}

export function judgeRemoteUrl(args: Arguments): Outcome | undefined {
  const [name = "", ...more] = allOperands(args);
  return more.length === 0 && isPlainName(name) ? undefined : deny("G11", "It names no single remote.", readOnly);
}

/** git's own comparison of keys: the section and the last part in any case, what is between exactly. */
const readableKeys =
  /^(user\.(name|email)|core\.(autocrlf|ignorecase|filemode|bare)|init\.defaultbranch|branch\..+\.(remote|merge)|remote\..+\.url)$/i;

export function judgeConfig(args: Arguments): Outcome | undefined {
  const [key = "", ...more] = allOperands(args);
  if (has(args, "--get --get-all") && more.length === 0 && readableKeys.test(key)) return undefined;
  return deny("G11", "It is no listed way to read configuration.", `${readOnly} Try git config --get user.email.`);
}

export function judgeSymbolicRef(args: Arguments): Outcome | undefined {
  const [name, ...more] = allOperands(args);
  return name === "HEAD" && more.length === 0 ? undefined : deny("G11", "Only HEAD may be read.", readOnly);
}
