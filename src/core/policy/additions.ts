import { quote } from "../command-display.ts";
import { flawOfReadPath } from "./paths.ts";

const names = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Programs that no rule can add, by why. Each would be a way round every other rule. */
const never: readonly { readonly programs: ReadonlySet<string>; readonly because: string }[] = [
  {
    programs: names("sh bash dash ash zsh fish ksh mksh csh tcsh busybox toybox pwsh powershell cmd nu xonsh"),
    because: "is a shell",
  },
  {
    programs: names(
      "env xargs find parallel watch timeout nohup setsid nice ionice stdbuf script expect time strace gdb ld.so " +
        "eval exec command builtin source alias export . awk gawk mawk sed vi vim nvim ed emacs nano less more man",
    ),
    because: "runs other programs",
  },
  {
    programs: names(
      "sudo doas su runuser setpriv pkexec chroot unshare nsenter bwrap firejail capsh docker podman nerdctl kubectl " +
        "systemctl systemd-run crontab at mount",
    ),
    because: "changes privileges or leaves the sandbox",
  },
  {
    programs: names("curl wget ssh scp sftp rsync nc ncat socat telnet ftp gh hub glab git-lfs"),
    because: "reaches the network or a remote",
  },
  { programs: names("rm rmdir shred dd mkfs truncate chown chmod ln kill killall pkill"), because: "destroys" },
  {
    programs: names("npx pnpx bunx yarnpkg corepack uvx pipx volta nvm fnm"),
    because: "fetches and runs programs",
  },
];

const interpreters =
  /^(python|pypy|perl|ruby|php|lua|luajit|deno|bun|tsx|ts-node|nodejs|Rscript|julia|java|scala|groovy)[\d.]*$/;

/** Why the operator may not add the command that begins with these words; undefined when they may. */
export function flawOfAddition([program = "", second = "", third = ""]: readonly string[]): string | undefined {
  if (!/^[A-Za-z0-9][\w+-]*(\.[\w+-]+)*$/.test(program)) return `${quote(program)} is no plain name of a program`;
  const kind = never.find(({ programs }) => programs.has(program.toLowerCase()));
  if (kind !== undefined) return `${program} ${kind.because}`;
  if (!interpreters.test(program)) return undefined;

  const isModule = second === "-m" && /^[A-Za-z_][\w.]*$/.test(third);
  const isScript = second !== "" && !second.startsWith("-") && flawOfReadPath(second) === undefined;
  return isModule || isScript ? undefined : `${program} runs any code: add it with its script or -m and a module`;
}
