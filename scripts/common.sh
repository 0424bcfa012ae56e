# shellcheck shell=sh
# shellcheck disable=SC2154 # root and missing are the caller's
# common.sh - sourced by the scripts beside it: what must be installed, and how a tree is built.
#
# The caller sets `root` (the checkout) and an empty `missing`. Nothing here writes to standard
# output: that belongs to the program that runs afterwards.

say()
{
	printf '%s\n' "$*" >&2
}

die()
{
	say "${0##*/}: $*"
	exit 2
}

# need PACKAGE TEST...: notes the Debian package when the test fails. Tests, not dpkg, decide: other
# systems have the same tools under other package names.
need()
{
	need_package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $need_package"
}

# The nginx that the source side of ingress-nginx is compared with; the test is skipped without it.
need_nginx()
{
	need nginx sh -c 'command -v nginx || command -v /usr/sbin/nginx'
	need libnginx-mod-http-lua test -e /usr/lib/nginx/modules/ngx_http_lua_module.so
}

compiles()
{
	printf '#include <stdio.h>\nint main(void) { return puts(""); }\n' |
		"${CC:-cc}" -x c -o /dev/null -
}

need_build()
{
	need gcc command -v "${CC:-cc}"
	need libc6-dev compiles
	need libcrypt-dev test -e /usr/include/crypt.h
	need meson command -v meson
	need ninja-build command -v ninja
	if command -v pkg-config >/dev/null 2>&1; then
		need libyaml-dev pkg-config --exists 'yaml-0.1 >= 0.2.5'
		need libpcre2-dev pkg-config --exists 'libpcre2-8 >= 10.40'
		need libnghttp2-dev pkg-config --exists 'libnghttp2 >= 1.52'
		need libssl-dev pkg-config --exists 'libcrypto >= 3.0'
		need libcurl4-openssl-dev pkg-config --exists 'libcurl >= 7.88'
	else
		missing="$missing pkg-config libyaml-dev libpcre2-dev libnghttp2-dev libssl-dev"
		missing="$missing libcurl4-openssl-dev"
	fi
}

need_tests()
{
	need_build
	need libcmocka-dev pkg-config --exists cmocka
	need scdoc command -v scdoc
	need binutils command -v nm
	need openssl command -v openssl
	need python3-yaml /usr/bin/python3 -c 'import yaml; yaml.CSafeLoader'
	need python3-jsonschema /usr/bin/python3 -c 'import jsonschema'
	need perl perl -MTAP::Parser -e 1
	need python3-h2 /usr/bin/python3 -c 'import h2'
	need curl command -v curl
	need nghttp2-client command -v h2load
	need python3-grpcio /usr/bin/python3 -c 'import grpc'
	need python3-websockets /usr/bin/python3 -c 'import websockets'
}

need_browser()
{
	need chromium command -v chromium
	need nodejs command -v node
	need npm command -v npm
}

# node_packages DIRECTORY PACKAGE...: packages of npm, once. A test that finds them missing says so.
node_packages()
{
	node_dir=$1
	shift
	for node_package in "$@"; do
		[ -d "$node_dir/node_modules/$node_package" ] && continue
		mkdir -p "$node_dir"
		npm install --prefix "$node_dir" --no-audit --no-fund --silent "$@" </dev/null >&2 ||
			say "${0##*/}: npm could not install $*"
		return 0
	done
}

# apt_get COMMAND...: apt-get as root, or through sudo. sudo may ask for a password when there is a
# terminal to ask on; it asks there, never on standard input.
apt_get()
{
	if [ "$(id -u)" -eq 0 ]; then
		DEBIAN_FRONTEND=noninteractive apt-get -qq -y "$@"
	elif sudo -n true 2>/dev/null || [ -t 2 ]; then
		sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y "$@"
	else
		return 1
	fi
}

by_hand()
{
	say "${0##*/}: $1"
	say "Install these, then run it again (names are Debian's):"
	say "  apt-get install$missing"
	exit 2
}

# Installs what the need functions noted. The package lists are fetched only when they turn out to be
# missing or old.
install_missing()
{
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 || by_hand "packages are missing, and there is no apt-get here"
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
		by_hand "packages are missing, and this is neither root nor a system with sudo"
	fi
	say "${0##*/}: installing$missing"
	log=$(mktemp)
	# shellcheck disable=SC2086 # a list of words
	if ! apt_get install --no-install-recommends $missing </dev/null >"$log" 2>&1; then
		{ apt_get update && apt_get install --no-install-recommends $missing; } \
			</dev/null >"$log" 2>&1 ||
			{ cat "$log" >&2; rm -f "$log"; by_hand "apt-get could not install the packages"; }
	fi
	rm -f "$log"
}

# Waits for another run that builds in the same directory.
lock()
{
	command -v flock >/dev/null 2>&1 || return 0
	# A redirection that fails would end the shell with a message of its own.
	(: >>"$1") 2>/dev/null || die "cannot write to $1 (does it belong to another user?)"
	exec 9>"$1"
	flock -n 9 && return
	echo "${0##*/}: waiting for another build in ${1%/*}" >&2
	flock 9
}

unlock()
{
	exec 9>&-
}

# build DIRECTORY TARGET SETUP-OPTION...: configures (again, when the options are others than last
# time), then builds. Output is shown only when it fails. TARGET "all" builds everything.
build()
{
	build_dir=$1
	build_target=$2
	shift 2
	mkdir -p "$build_dir" 2>/dev/null
	[ -w "$build_dir" ] || die "cannot write to $build_dir (does it belong to another user?)"
	log=$build_dir/build.log
	if [ ! -f "$build_dir/build.ninja" ] || [ "$(cat "$build_dir/options" 2>/dev/null)" != "$*" ]
	then
		configure "$build_dir" "$@" >"$log" 2>&1 ||
			{ cat "$log" >&2; die "cannot configure the build"; }
		printf '%s\n' "$*" >"$build_dir/options"
	fi
	ninja -C "$build_dir" "$build_target" </dev/null >"$log" 2>&1 ||
		{ cat "$log" >&2; die "cannot build"; }
}

configure()
{
	configure_dir=$1
	shift
	if [ -f "$configure_dir/build.ninja" ]; then
		set -- --reconfigure "$@"
	fi
	meson setup "$@" "$configure_dir" "$root" </dev/null
}

# A tree built through sudo stays the property of whoever owns the checkout.
give_back()
{
	if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}" ]; then
		chown -R "$(stat -c %u:%g "$root")" "$1"
	fi
}
