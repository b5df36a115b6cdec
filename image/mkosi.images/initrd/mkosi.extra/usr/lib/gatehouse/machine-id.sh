# A machine id that lasts (machine-id(5)): kept with the state, laid over the empty one of the read-only root before the system starts.
id=/sysroot/var/lib/gatehouse/machine-id
if [ "$(tr -dc 0-9a-f <"$id" 2>/dev/null | wc -c)" != 32 ]; then
	mkdir -p -m 700 /sysroot/var/lib/gatehouse
	tr -d - </proc/sys/kernel/random/uuid >"$id.new" && sync "$id.new" && mv "$id.new" "$id"
fi
chmod 444 "$id"
mount --bind "$id" /sysroot/etc/machine-id
