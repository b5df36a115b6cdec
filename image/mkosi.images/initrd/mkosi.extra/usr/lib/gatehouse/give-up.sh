# Gives the image up that does not come up: no more tries for it when there is another one (Boot Loader Specification, boot counting:
# NAME+LEFT-DONE.efi), then a new start. A counted image loses its tries by itself.
echo "gatehouse: this image does not start; trying again in 5 s"
sleep 5
# four bytes of attributes, then UTF-16: what is left without control characters is the name
name=$(tr -dc '[:alnum:]._+-' </sys/firmware/efi/efivars/LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f)
mkdir -p /run/esp
if [ -n "$name" ] && mount -t vfat /dev/disk/by-partlabel/ESP /run/esp; then
	cd /run/esp/EFI/Linux
	others=0
	for entry in *.efi; do
		case $entry in
		"$name" | *+0*) ;;
		*) others=$((others + 1)) ;;
		esac
	done
	echo "gatehouse: $name does not start, $others other images may"
	[ "$others" -gt 0 ] && [ -e "$name" ] && mv "$name" "${name%.efi}+0-1.efi"
	cd /
	umount /run/esp
fi
systemctl reboot --force --force
