# Sourced by the measuring scripts: builds, and runs the server that stands in for Discord.
#   build PRODUCT…     in release; the programs are then in $bin
#   serve [OPTION…]    starts stream-server on a free port: $port, $ca_file
#   stop               ends it; so does the end of the script
work=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    server=
}
trap 'stop; rm -rf "$work"' EXIT

build() {
    # As scripts/build links the bot, so that what is measured is what is shipped.
    for product in stream-server "$@"; do
        swift build -c release --static-swift-stdlib --product "$product" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    done
    bin=$(swift build -c release --show-bin-path)
}

serve() {
    ca_file=$work/ca.pem
    rm -f "$work/server"
    touch "$work/server"
    "$bin/stream-server" "$ca_file" "$@" >"$work/server" &
    server=$!
    until grep -q ^port "$work/server"; do
        kill -0 "$server" || exit 1
        sleep 0.2
    done
    port=$(sed -n 's/^port //p' "$work/server")
    grep -v ^port "$work/server" || true
}
