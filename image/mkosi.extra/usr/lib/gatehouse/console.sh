#!/bin/bash
# What stands on a terminal of the box: the screen that the daemon writes, again whenever it changes, and the menu when somebody presses Enter.
# A shell that waits costs a twentieth of a Node. $1: name of the terminal under /dev.
screen=/run/gatehouse/console
shown=

# no key makes a signal, and nothing is shown that was not printed here; read switches signals on, so that they are ignored as well
settle() { stty sane -isig -echo; }

settle
trap '' INT QUIT TSTP
while :; do
    text=$'Gatehouse is starting.\n'
    if [[ -e $screen ]]; then IFS= read -rd '' text <"$screen"; fi
    if [[ $text != "$shown" ]]; then
        shown=$text
        printf '\e[H\e[J%s\nPress Enter for the menu.' "$text"
    fi
    if IFS= read -rsn1 -t2 key; then
        # any other key shows the screen again, should the kernel have written over it
        if [[ -z $key || $key == $'\r' ]]; then
            if ! gatehouse console --tty "$1"; then
                printf '\n%s' 'The menu ended with an error, which is in the journal.'
                read -rsn1 -t10
            fi
            settle
        fi
        shown=
    elif (($? <= 128)); then
        exit 1 # not the time limit: the line is gone
    fi
done
