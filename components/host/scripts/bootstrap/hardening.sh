# shellcheck shell=bash
# Hardening, each part a switch that is off unless asked for.
# Reads: REQUEST.

harden() {
  local switch
  for switch in ssh_password_login_off firewall unattended_upgrades; do
    if [ "$(jq -r --arg switch "$switch" '.hardening[$switch] // false' "$REQUEST")" = true ]; then "$switch"; fi
  done
}

# Only with a key in place: otherwise this would lock everybody out.
ssh_password_login_off() {
  local file=/etc/ssh/sshd_config.d/10-slipway.conf
  if [ -e $file ]; then return; fi
  [ -s "$HOME/.ssh/authorized_keys" ] || fail "password login stays on: $(id -un) has no ~/.ssh/authorized_keys, so switching it off would lock you out"
  printf 'PasswordAuthentication no\nKbdInteractiveAuthentication no\n' | as_root tee $file >/dev/null
  as_root chmod 644 $file
  if ! as_root sshd -t; then
    as_root rm $file
    fail "sshd refuses $file; nothing was changed"
  fi
  as_root systemctl reload ssh 2>/dev/null || as_root kill -HUP "$(pgrep -o -x sshd)"
  say "sshd accepts keys only ($file)"
}

# Containers' published ports pass by ufw (Docker documentation, "Packet filtering and firewalls"): this closes the
# machine itself; what applications publish is decided in their Compose files.
firewall() {
  local port
  if ! command -v ufw >/dev/null; then
    as_root apt-get update -qq
    as_root apt-get install -y -qq ufw >/dev/null
  fi
  if [[ $(as_root ufw status) == *'Status: active'* ]]; then return; fi
  # The ports that sshd listens on; the one that it is reached at may belong to another machine that forwards to it.
  for port in $({
    as_root sshd -T | awk '$1 == "port" { print $2 }'
    jq -r '.sshPort, .proxy.httpPort, .proxy.httpsPort' "$REQUEST"
  } | sort -un); do
    as_root ufw allow "$port/tcp" >/dev/null
  done
  as_root ufw --force enable >/dev/null
  say "the firewall (ufw) lets in SSH and the proxy only"
}

unattended_upgrades() {
  local file=/etc/apt/apt.conf.d/20auto-upgrades
  if dpkg -s unattended-upgrades >/dev/null 2>&1 && grep -q 'Unattended-Upgrade "1"' $file 2>/dev/null; then return; fi
  as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq unattended-upgrades >/dev/null
  printf 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n' | as_root tee $file >/dev/null
  say "security updates install themselves ($file)"
}
