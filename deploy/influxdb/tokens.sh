#!/bin/bash
# Makes what is missing of buckets and tokens in an InfluxDB 2; run again, it changes nothing.
#   service   writes and reads both buckets, sees what InfluxQL calls them
#   analyst   reads the bucket of aggregates and nothing else: for Grafana and for people
# Needs INFLUX_HOST, INFLUX_ORG and the operator's token in /run/secrets/influxdb-token, or in the
# file that OPERATOR_TOKEN names; writes to the folders that TOKENS holds, /tokens otherwise.
set -euo pipefail
INFLUX_TOKEN=$(< "${OPERATOR_TOKEN:-/run/secrets/influxdb-token}")
export INFLUX_TOKEN
tokens=${TOKENS:-/tokens}
# The accounts of the containers that read them; empty leaves the owner as it is.
service_user=${SERVICE_USER-10001}
analyst_user=${ANALYST_USER-472}

# The id of a bucket, empty where there is none.
found() { # name
  influx bucket list --name "$1" --hide-headers 2> /dev/null | cut -f 1 || true
}

# The id of a bucket, made where there is none.
bucket() { # name, how long it keeps points
  if [ -z "$(found "$1")" ]; then
    influx bucket create --name "$1" --retention "$2" > /dev/null
  fi
  found "$1"
}

# The name under which InfluxQL finds a bucket.
mapping() { # bucket's id, name
  if [ -z "$(influx v1 dbrp list --db "$2" --hide-headers)" ]; then
    influx v1 dbrp create --bucket-id "$1" --db "$2" --rp autogen --default > /dev/null
  fi
}

# A token in a file, made where there is none.
token() { # file, owner, description, permissions
  local file=$1 owner=$2 description=$3 made
  shift 3
  if [ ! -s "$file" ]; then
    made=$(influx auth create --description "$description" "$@" --json \
      | sed -n 's/.*"token":[[:space:]]*"\([^"]*\)".*/\1/p')
    [ -n "$made" ]
    (umask 077 && printf '%s' "$made" > "$file.new")
    if [ -n "$owner" ]; then chown "$owner" "$file.new"; fi
    mv "$file.new" "$file"
  fi
}

transitions=$(bucket vrijplek-transitions 720h)
aggregates=$(bucket vrijplek-aggregates 9504h)
mapping "$transitions" vrijplek-transitions
mapping "$aggregates" vrijplek-aggregates
token "$tokens/service/token" "$service_user" "vrijplek: the service" \
  --read-bucket "$transitions" --write-bucket "$transitions" \
  --read-bucket "$aggregates" --write-bucket "$aggregates" --read-dbrps
token "$tokens/analyst/token" "$analyst_user" "vrijplek: analysts, aggregates alone" \
  --read-bucket "$aggregates"
echo "buckets and tokens are there"
