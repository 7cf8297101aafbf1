#!/bin/sh
# Makes the secrets of deploy/compose.yaml that are not there yet, each in a file of its own.
#   sh deploy/compose/secrets.sh [FOLDER]
# The folder is for its owner alone. The files in it can be read by all, as each container reads its
# own under another account.
set -eu
folder=${1:-$(dirname "$0")/secrets}
image=eclipse-mosquitto:2.0.22
mkdir -p "$folder"
chmod 700 "$folder"

for name in service-password teller-password influxdb-password influxdb-token grafana-password; do
  if [ ! -e "$folder/$name" ]; then
    head -c 32 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_' > "$folder/$name.new"
    chmod 444 "$folder/$name.new"
    mv "$folder/$name.new" "$folder/$name"
  fi
done

# The broker's folder: its rules as they are now, and the accounts of the service, once.
mkdir -p "$folder/broker"
cp "$(dirname "$0")"/../broker/acl-* "$folder/broker/"
chmod 444 "$folder"/broker/acl-*
if [ ! -e "$folder/broker/passwords-service" ]; then
  new=$folder/broker/passwords-service.new
  printf 'vrijplek-service:%s\nvrijplek-teller:%s\n' \
    "$(cat "$folder/service-password")" "$(cat "$folder/teller-password")" > "$new"
  if command -v mosquitto_passwd > /dev/null; then
    mosquitto_passwd -U "$new"
  else
    docker run --rm -v "$(cd "$folder" && pwd)":/secrets "$image" \
      mosquitto_passwd -U "/secrets/broker/$(basename "$new")"
  fi
  chmod 444 "$new"
  mv "$new" "$folder/broker/passwords-service"
fi
