# Gives the image up that does not come up: no more tries for it when there is another one (Boot Loader Specification, boot counting:
# NAME+LEFT-DONE.efi), then a new start. A counted image loses its tries by itself.
echo "gatehouse: this image does not start; trying again in 5 s"
sleep 5
selected=/sys/firmware/efi/efivars/LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
name=$(tail -c +5 "$selected" 2>/dev/null | tr -d '\000')
mkdir -p /run/esp
if [ -n "$name" ] && mount -t vfat /dev/disk/by-partlabel/ESP /run/esp; then
	cd /run/esp/EFI/Linux
	others=$(ls | grep '\.efi$' | grep -v '+0' | grep -vFx "$name" | wc -l)
	case $name in
	*+*) ;;
	*) [ "$others" -gt 0 ] && [ -e "$name" ] && mv "$name" "${name%.efi}+0-1.efi" ;;
	esac
	cd /
	umount /run/esp
fi
systemctl reboot --force --force
