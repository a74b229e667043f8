# shellcheck shell=bash
# Hardening, each part a switch that is off unless asked for.

harden() {
  local switch
  for switch in ssh_password_login_off firewall unattended_upgrades; do
    [ "$(jq -r --arg switch "$switch" '.hardening[$switch] // false' "$REQUEST")" != true ] || "$switch"
  done
}

# Only with a key in place: otherwise this would lock everybody out.
ssh_password_login_off() {
  local file=/etc/ssh/sshd_config.d/10-slipway.conf
  [ ! -e $file ] || return 0
  [ -s "$HOME/.ssh/authorized_keys" ] || fail "password login stays on: $(id -un) has no ~/.ssh/authorized_keys, so switching it off would lock you out"
  printf 'PasswordAuthentication no\nKbdInteractiveAuthentication no\n' | as_root tee $file >/dev/null
  as_root chmod 644 $file
  as_root sshd -t || {
    as_root rm $file
    fail "sshd refuses $file; nothing was changed"
  }
  as_root systemctl reload ssh 2>/dev/null || as_root kill -HUP "$(pgrep -o -x sshd)"
  say "sshd accepts keys only ($file)"
}

# Containers' published ports pass by ufw (Docker documentation, "Packet filtering and firewalls"): this closes the
# machine itself; what applications publish is decided in their Compose files.
firewall() {
  command -v ufw >/dev/null || {
    as_root apt-get update -qq
    as_root apt-get install -y -qq ufw >/dev/null
  }
  as_root ufw status | grep -q 'Status: active' && return
  local port
  # The ports that sshd listens on; the one that it is reached at may be another's, which forwards to them.
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
  dpkg -s unattended-upgrades >/dev/null 2>&1 && grep -q 'Unattended-Upgrade "1"' $file 2>/dev/null && return
  as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq unattended-upgrades >/dev/null
  printf 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n' | as_root tee $file >/dev/null
  say "security updates install themselves ($file)"
}
