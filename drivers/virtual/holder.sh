# Holds a private card service: started by service.py, ordered about on standard input.
# Every line read (re)starts the daemon and answers its process number; the end of the input,
# however it comes about, ends the daemon and removes the folder.
#
#   holder.sh FOLDER IPC {NAME PORT}... -- PCSCD [OPTION]...
#
# IPC is where this pcscd puts its socket: its own folder in a namespace we are alone in, or the
# folder of a moved copy.
folder=$1 ipc=$2
shift 2
if [ "$ipc" = /run/pcscd ]; then
    mount -t tmpfs none /run && mkdir -p /run/pcscd && mount --bind "$folder" /run/pcscd || exit 1
    for place in /usr/lib/pcsc/drivers /usr/local/lib/pcsc/drivers; do
        [ ! -d "$place" ] || mount -t tmpfs none "$place" 2>/dev/null
    done
fi
mkdir -p "$folder/conf" || exit 1

slots=0
while [ "$1" != -- ]; do
    # The driver keeps its two slots per loaded file: one copy for every pair.
    driver=$folder/driver$slots.so
    cp "$folder/driver.so" "$driver" || exit 1
    printf 'FRIENDLYNAME "%s"\nDEVICENAME /dev/null:0x%x\nLIBPATH %s\nCHANNELID 0x%x\n\n' \
        "$1" "$2" "$driver" "$2" >>"$folder/conf/virtual"
    slots=$((slots + 1))
    shift 2
done
shift

guard=
command -v setpriv >/dev/null && guard='setpriv --pdeathsig KILL'
daemon=
end_daemon() {
    [ -z "$daemon" ] || { kill -9 "$daemon"; wait "$daemon"; } 2>/dev/null
    rm -f "$ipc/pcscd.comm" "$ipc/pcscd.pid"
}

echo ready
while read -r _; do
    end_daemon
    $guard "$@" --foreground --config "$folder/conf" >>"$folder/log" 2>&1 &
    daemon=$!
    echo "$daemon"
done
end_daemon
rm -rf "$folder"
[ "$ipc" = /run/pcscd ] || rm -rf "$ipc"
