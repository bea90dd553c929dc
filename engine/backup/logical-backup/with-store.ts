import type { ArchiveStore } from "./archive-store.ts";
import { openBucketStore } from "./bucket-store.ts";
import { openFolderStore } from "./folder-store.ts";
import type { LogicalBackupTarget } from "./logical-backup-request.ts";

/** Opens the store of a target, passes it to `use` and closes it. S3 is tried this many times; default: 6. */
export async function withStore<Result>(
  target: LogicalBackupTarget,
  use: (store: ArchiveStore) => Promise<Result>,
  attempts?: number,
): Promise<Result> {
  const store =
    "bucket" in target ? await openBucketStore(target, attempts) : openFolderStore(target.directory);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}
