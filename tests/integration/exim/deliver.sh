#!/bin/sh
# deliver.sh DIR: Exim's delivery, which has the envelope in the environment, by capture.pl.
exec "$1/capture.pl" "$1/mail" "$MESSAGE_ID" "sender=$SENDER" "recipient=$RECIPIENT" "helo=$HELO" "protocol=$PROTOCOL" \
  "mechanism=$MECHANISM" "user=$LOGIN"
