#!/bin/sh
# Start Asterisk in its container: AMI passwords come from the container's secrets, the same ones the service reads.
set -eu
umask 077
{
  printf '[cti](+)\nsecret = %s\n' "$(head -n 1 /run/secrets/ami_events)"
  printf '[cti-originate](+)\nsecret = %s\n' "$(head -n 1 /run/secrets/ami_originate)"
} > /etc/asterisk/manager_site.conf
install -m 0600 /run/secrets/pjsip_site /etc/asterisk/pjsip_site.conf
chown asterisk:asterisk /etc/asterisk/manager_site.conf /etc/asterisk/pjsip_site.conf
exec asterisk -f -n -U asterisk -G asterisk
