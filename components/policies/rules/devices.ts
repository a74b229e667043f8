/** Devices of the host in a container. */
import { posix } from "node:path";
import { listAt, type ServiceFacts, textAt } from "../facts.ts";
import type { ServiceRule } from "../rule.ts";

interface Device {
  key: string;
  /** As it is written: "/dev/sda", or "b 8:* rwm". */
  source: string;
  isDisk: boolean;
}

/** Disks under all their names, and what makes, reads or writes them. */
const DISK = new RegExp(
  `^/dev(?:$|/(?:${[
    ...["(?:s|v|xv)d[a-z]", "hd[a-z]\\d*$", "nvme", "mmcblk", "md\\d", "loop", "dm-", "bcache", "drbd"],
    // Docker gives a folder with all that is in it.
    ...["md", "mapper", "disk", "block", "zvol", "char", "raw"].map((folder) => `${folder}$`),
    ...["md/", "mapper/", "disk/", "block/", "zvol/", "raw/"],
    ...["zfs$", "zd\\d", "rbd", "nbd\\d", "mtdblock", "mem$", "kmem$", "port$", "kmsg$"],
    ...["char/1:(?:1|2|4|11)$", "char/10:237$"],
  ].join("|")}))`,
);

/** Grants without `r` and `w` only let it make the node. */
const opens = (permissions: string | undefined): boolean => permissions === undefined || /[rw]/i.test(permissions);

function* devicesOf(service: ServiceFacts): Generator<Device> {
  for (const entry of listAt(service.shown, "devices")) {
    const [written = "", , short] = typeof entry === "object" ? [textAt(entry, "source")] : String(entry).split(":");
    const permissions = typeof entry === "object" ? textAt(entry, "permissions") : short;
    const source = posix
      .normalize(written)
      .replace(/^\/\//, "/")
      .replace(/(?<=.)\/$/, "");
    if (opens(permissions)) yield { key: "devices", source, isDisk: DISK.test(source) };
  }
  for (const entry of listAt(service.shown, "device_cgroup_rules")) {
    const source = String(entry).trim().replace(/\s+/g, " ");
    const [type = "", number = "", permissions] = source.split(" ");
    if (opens(permissions))
      yield {
        key: "device_cgroup_rules",
        source,
        isDisk: type !== "c" || /^(?:\*|1:(?:\*|11)|10:(?:\*|237)|\*:.*)$/.test(number),
      };
  }
}

const diskDevice: ServiceRule = {
  id: "disk-device",
  subject: "application",
  severity: "critical",
  title: "No service opens disks or memory of the host",
  reason: "A disk is read and written past all file permissions: with it a container has every file of the host.",
  remedy: "take it out, and mount the folder that it needs",
  known: ["compose-lint CL-0016", "CIS Docker 5.18"],
  *service(service) {
    for (const { key, source, isDisk } of devicesOf(service))
      if (isDisk) yield `${key}: ${source} opens disks or memory of the host`;
  },
};

const device: ServiceRule = {
  id: "device",
  subject: "application",
  severity: "medium",
  title: "No service has devices of the host",
  reason:
    "A device is shared with the host and with every other container that has it, and its driver is code of the kernel. What needs a graphics card, a serial port or a tunnel says so in an exemption.",
  remedy: "take it out, or declare an exemption that says what needs it",
  known: ["CIS Docker 5.18"],
  *service(service) {
    for (const { key, source, isDisk } of devicesOf(service))
      if (!isDisk) yield `${key}: ${source} is a device of the host`;
  },
};

export const DEVICE_RULES = [diskDevice, device];
