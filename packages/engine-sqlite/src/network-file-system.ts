/** By the magic numbers of Linux (statfs(2)). Locks and shared memory do not hold on these, or nobody knows whether. */
const names: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB 2"],
  [0x65735546, "FUSE"],
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x00c36400, "Ceph"],
  [0x73757245, "Coda"],
  [0x0bd00bd0, "Lustre"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
  [0x47504653, "GPFS"],
  [0x786f4256, "a shared folder of VirtualBox"],
  [0xbacbacbc, "a shared folder of VMware"],
]);

/**
 * The name of a file system that several machines may share, or `undefined` for a local one.
 * @param type as `statfs` gives it on Linux; other systems number theirs otherwise
 * @example networkFileSystem(statfsSync(path).type)
 */
export function networkFileSystem(type: number): string | undefined {
  // Some kernels give the number as a signed one.
  return names.get(type >>> 0);
}
