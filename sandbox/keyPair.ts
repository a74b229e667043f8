import ssh2 from "ssh2";

/**
 * A new ed25519 key pair, in OpenSSH's formats. One in 250 that ssh2 1.17 makes is malformed, which it says itself when
 * it reads the key: such a pair is made again.
 */
export function newKeyPair(comment = ""): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
