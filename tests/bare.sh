#!/bin/bash
# The promise of two commands, tried in a bare Debian 12: makes a root (debootstrap, minbase plus git and ca-certificates) unless
# DIR holds one, clones this repository into it, runs script/server there until it serves a page, then script/test.
# Needs root and a package mirror; takes as long as script/test. `tests/bare.sh DIR [server|test|both] [ARGUMENTS OF script/test]`
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
dir=$1 what=${2:-both}
shift $(($# > 2 ? 2 : $#))
mirror=$(awk '/^URIs:/ { print $2; exit } /^deb / { print $2; exit }' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
if [ ! -d "$dir/etc" ]; then
	debootstrap --variant=minbase --include=git,ca-certificates bookworm "$dir" "$mirror"
fi
trap 'for m in proc sys dev/pts dev run/netns; do mountpoint -q "$dir/$m" && umount -l "$dir/$m"; done' EXIT
for m in proc sys dev dev/pts; do
	mountpoint -q "$dir/$m" || mount --bind "/$m" "$dir/$m"
done
cp /etc/resolv.conf "$dir/etc/resolv.conf"
# A network of one's own may have certificates of its own: the root trusts what this machine trusts.
mkdir -p "$dir/usr/local/share/ca-certificates"
if cp /usr/local/share/ca-certificates/*.crt "$dir/usr/local/share/ca-certificates/" 2>/dev/null; then
	chroot "$dir" update-ca-certificates >/dev/null
fi
rm -rf "$dir/srv/clone"
git clone -q "$here" "$dir/srv/clone"
in_root() {
	chroot "$dir" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 CI=true \
		NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt bash -c "cd /srv/clone; $1"
}
if [ "$what" != test ]; then
	in_root 'script/server --listen 127.0.0.1:18080 >/srv/server.out 2>/srv/server.err & pid=$!
		for i in $(seq 900); do grep -q Cursor /srv/server.out && break; kill -0 $pid || break; sleep 1; done
		cat /srv/server.out
		curl -sS http://127.0.0.1:18080/v1/health && echo
		key=$(grep -o "sk_live_[0-9A-Za-z_]*" /srv/server.out | head -n 1)
		curl -sS http://127.0.0.1:18080/v1/scrape -H "Authorization: Bearer $key" -H "Content-Type: application/json" -d "{\"urls\": [\"http://127.0.0.1/\"]}" && echo
		kill $pid; wait $pid; echo "script/server ended with $?"'
fi
if [ "$what" != server ]; then
	in_root "script/test $*"
fi
