import { afterAll, beforeAll, expect, test } from "vitest";
import { startUnguardedJob, type UnguardedJob } from "./support/unguarded-job.ts";

let job: UnguardedJob;
beforeAll(async () => {
  job = await startUnguardedJob();
});
afterAll(() => job[Symbol.asyncDispose]());

test("RC-06 no setting of the kernel can be changed from inside, even when the daemon is root", async () => {
  expect(await job.shell("find /proc/sys -type f -writable; echo looked")).toBe("exit code 0\nlooked");
});

test.each([
  ["a proc of its own", "unshare -Urpfm --mount-proc true"],
  ["a sysfs", "mkdir /tmp/x; unshare -Urnm mount -t sysfs x /tmp/x"],
  ["its worktree a second time, without what covers .git", "mkdir /tmp/y; unshare -Urm mount --bind . /tmp/y"],
  [".git without its cover", "unshare -Urm umount .git"],
  [".git again, writable", "touch /tmp/z; unshare -Urm sh -c 'mount --bind .git /tmp/z && echo x > /tmp/z'"],
  ["the system, writable", "unshare -Urm sh -c 'mount -o remount,rw,bind /usr && touch /usr/x'"],
])("RC-06 a namespace of its own does not help a command to mount %s", async (_, script) => {
  expect(await job.shell(script)).not.toMatch(/^exit code 0/);
});

test.each([
  ["reads the kernel's log", "dmesg"],
  ["sees a device of this machine", "ls -d /dev/sd* /dev/vd* /dev/nvme* /dev/mem /dev/kmsg /dev/kvm /dev/fuse"],
  ["sees another process", "kill -0 2000 || ls -d /proc/[0-9][0-9][0-9]*"],
  ["traces what lies outside", "cat /proc/1/environ | tr '\\0' '\\n' | grep -E 'KEY|TOKEN|SECRET'"],
])("RC-06 no command %s", async (_, script) => {
  expect(await job.shell(script)).not.toMatch(/^exit code 0/);
});
