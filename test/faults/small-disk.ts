import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CleanUp } from "./clean-up.ts";

const run = promisify(execFile);

/** A separate file system, small enough to be filled. */
export interface SmallDisk {
  path: string;
  /** Fills it except for this many bytes. */
  fill(leaveBytes: number): Promise<void>;
  /** Frees the filled space. */
  empty(): Promise<void>;
}

/** Why a file system cannot be mounted here; undefined if it can. */
export async function whyNoDisk(): Promise<string | undefined> {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root, to mount a small file system";
  const path = await mkdtemp(join(tmpdir(), "mount-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]);
    await run("umount", [path]);
    return undefined;
  } catch (error) {
    return `a file system cannot be mounted: ${(error as Error).message.trim()}`;
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** Mounts a file system of this size in memory. */
export async function openSmallDisk(cleanUp: CleanUp, megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join("/tmp", "small-disk-"));
  await chmod(folder, 0o755);
  const path = join(folder, "disk");
  await mkdir(path);
  await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0755`, "tmpfs", path]);
  cleanUp.after(async () => {
    await run("umount", ["--lazy", path]);
    await rm(folder, { recursive: true, force: true });
  });
  const filler = join(path, "filler");
  return {
    path,
    async fill(leaveBytes) {
      const { bavail, bsize } = await statfs(path);
      const file = await open(filler, "w");
      try {
        for (let left = bavail * bsize - leaveBytes; left > 0; left -= 1 << 20)
          await file.write(Buffer.alloc(Math.min(left, 1 << 20), 1));
      } catch (error) {
        // A working server takes some space in the meantime.
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        await file.close();
      }
    },
    empty: () => rm(filler, { force: true }),
  };
}
